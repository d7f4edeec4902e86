import { z } from "zod";

/** What {@link field} adds to a schema. */
export interface FieldOptions<Empty> {
  /** Values that count as not given; null and `""` unless said otherwise. */
  readonly empty?: readonly Empty[];
  /** What is said instead of every error of the field. */
  readonly message?: string;
}

/** A schema that also takes what counts as not given. */
export type Field<Schema extends z.ZodType, Empty> = z.ZodType<z.output<Schema>, z.input<Schema> | Empty> & {
  readonly _zod: Pick<Schema["_zod"], "optin" | "optout">;
};

/**
 * Says of an option or a param what counts as not given, and gives one message for all that can be wrong with it.
 *
 * @example
 * z.strictObject({
 *   url: field(z.url(), { message: "provide a valid URL" }),
 *   block: field(z.string().optional(), { empty: [null] }), // here "" is a value
 * });
 */
export function field<Schema extends z.ZodType, const Empty = null | "">(
  schema: Schema,
  { empty, message }: FieldOptions<Empty> = {},
): Field<Schema, Empty> {
  const absent: readonly unknown[] = empty ?? [null, ""];
  const inner = message === undefined ? schema : told(schema, message);
  const made = z.preprocess((value: unknown) => (absent.includes(value) ? undefined : value), inner);
  return made as unknown as Field<Schema, Empty>;
}

/** The schema, with one issue for all of its own. */
function told<Schema extends z.ZodType>(schema: Schema, message: string): z.ZodType {
  const judged = z.unknown().transform((value, ctx): unknown => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    ctx.addIssue({ code: "custom", message });
    return z.NEVER;
  });
  // What a document of the schema shows is the schema itself.
  judged._zod.processJSONSchema = (ctx, json, params) => schema._zod.processJSONSchema?.(ctx, json, params);
  return judged;
}

/** How options belong together. */
export interface GroupOptions {
  /** At least one must be given. */
  readonly required?: boolean;
  /** No more than one may be given. */
  readonly exclusive?: boolean;
}

/** A rule about several options, for `check` of a schema. */
export type Rule =
  | z.core.CheckFn<Readonly<Record<string, unknown>>>
  | z.core.$ZodCheck<Readonly<Record<string, unknown>>>;

type Values = Readonly<Record<string, unknown>>;

/**
 * A rule for options that belong together. A default counts as given.
 *
 * @example
 * z.strictObject({ script: z.string().optional(), file: z.string().optional() })
 *   .check(group(["script", "file"], { required: true, exclusive: true }));
 */
export function group(
  names: readonly [string, string, ...string[]],
  { required = false, exclusive = false }: GroupOptions,
): Rule {
  const list = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return (payload) => {
    const count = names.filter((name) => payload.value[name] !== undefined).length;
    const message =
      required && exclusive && count !== 1
        ? `wanted exactly one of ${list}`
        : required && count === 0
          ? `wanted at least one of ${list}`
          : exclusive && count > 1
            ? `${list} exclude each other`
            : undefined;
    if (message !== undefined) payload.issues.push({ code: "custom", message, input: payload.value });
  };
}

/**
 * A rule: the option goes only with the other one. Defaults do not count, neither of the one nor of the other.
 *
 * @example
 * z.strictObject({ host: z.string().default("localhost"), port: z.number().optional() }).check(dependsOn("host", "port"));
 */
export function dependsOn(name: string, needed: string): Rule {
  const check = (payload: z.core.ParsePayload<Values>): void => {
    const said = INPUTS.get(payload) ?? payload.value;
    const isSaid = (one: string): boolean => !isDefault(said[one], payload.value[one]);
    if (!isSaid(name) || isSaid(needed)) return;
    payload.issues.push({
      code: "custom",
      message: `${name} requires ${needed} to be present`,
      input: payload.value,
    });
  };
  const internals: Partial<z.core.$ZodCheckInternals<Values>> = {
    ...{ def: { check: "custom" }, onattach: [keepInputs] },
    check,
  };
  return { _zod: internals as z.core.$ZodCheckInternals<Values> };
}

/** True for what was not given, or given as something that counts as not given. */
function isDefault(said: unknown, value: unknown): boolean {
  return value === undefined || said === undefined || ((said === null || said === "") && value !== said);
}

/** What objects were before their defaults were filled in, by what zod passes on from step to step. */
const INPUTS = new WeakMap<object, Values>();

/** Checks are shown what has all defaults in it. So what was there before is kept, for as long as it is looked at. */
function keepInputs({ _zod: internals }: z.core.$ZodType): void {
  if (Object.getOwnPropertyDescriptor(internals, "parse")?.get) return;
  let keeping = internals.parse;
  // zod sets it after checks are attached, and may do so again, around what is there.
  Object.defineProperty(internals, "parse", {
    enumerable: true,
    get: () => keeping,
    set: (parse: typeof keeping) => {
      keeping = (payload, ctx) => {
        if (typeof payload.value === "object" && payload.value !== null)
          INPUTS.set(payload, payload.value as Values);
        return parse(payload, ctx);
      };
    },
  });
}
