import { z } from "zod";
import { castText } from "../module/options.ts";
import type { GivenParam } from "./spec.ts";

/** Gives the runbook a value that deferred values read as `ctx.assigns`; returns it, or what the command line says instead. */
export type Assign = <T>(name: string, value: T) => Widened<T>;

/** The command line may say another text, number or boolean than the source. */
type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;

/** A value, or what is wrong with what was given for it. */
export type Assigned = { readonly value: unknown } | { readonly problem: string };

/** The value of an assign: that of the source, unless the command line gave another one of the same type. */
export function assigned(name: string, value: unknown, given: GivenParam | undefined): Assigned {
  if (!given) return { value };
  const schema = schemaLike(value);
  const cast = given.isText ? castText(schema, String(given.value)) : given.value;
  if (schema.safeParse(cast).success) return { value: cast };
  return {
    problem: `The assign "${name}" (from ${given.from}) is no ${kindOf(value)}, as that of the source`,
  };
}

function schemaLike(value: unknown): z.ZodType {
  return {
    text: z.string(),
    number: z.number(),
    boolean: z.boolean(),
    list: z.array(z.unknown()),
    object: z.record(z.string(), z.unknown()),
    value: z.unknown(),
  }[kindOf(value)];
}

function kindOf(value: unknown): "text" | "number" | "boolean" | "list" | "object" | "value" {
  if (typeof value === "string") return "text";
  if (typeof value === "number" || typeof value === "boolean") return typeof value as "number" | "boolean";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" && value !== null ? "object" : "value";
}
