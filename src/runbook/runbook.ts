import { z } from "zod";
import { messageOf, RcmError } from "../errors.ts";
import type { StepHandle } from "../module/context.ts";
import type { Builder, ParamsOf } from "./builder.ts";
import { Draft, type DraftOptions } from "./draft.ts";
import { register } from "./registry.ts";
import { hostForBody } from "./secrets.ts";
import { type Built, brandRunbook, type Exports, type Runbook } from "./spec.ts";
import { callerPosition, thrownPosition } from "./where.ts";

/** What a runbook is for and what it can be given. */
export interface RunbookSettings<Params extends z.ZodObject = z.ZodObject> {
  /** The pattern of hosts it is for, such as `web:!staging`; `all` when left out. */
  readonly hosts?: string;
  /** What `-e`, `--var-file` and `RCM_VAR_x` may set. */
  readonly params?: Params;
}

/** What a body may return: handles of its steps, for the runbooks that it is grafted into. */
type Returned<Book extends string> =
  // biome-ignore lint/suspicious/noConfusingVoidType: alone, `void` would let an asynchronous body pass
  void | StepHandle<unknown, Book> | Readonly<Record<string, StepHandle<unknown, Book> | undefined>>;

/** One step is nothing but what the last line of a short body gave. */
type ExportsOf<Result> = Result extends { readonly name: string }
  ? Readonly<Record<never, never>>
  : Result extends Exports
    ? Result
    : Readonly<Record<never, never>>;

/**
 * Writes a runbook. The body runs once a host, before anything is connected to: it may use `if` and `for` over
 * params and the host's variables, and no result of a step, since there is none yet.
 *
 * @example
 * export default runbook("hello", { hosts: "web" }, ({ step, host }) => {
 *   step("greet", command({ cmd: "echo", args: ["hello", host.name] }));
 * });
 */
export function runbook<
  const Book extends string,
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  const Result extends Returned<Book> = void,
>(
  name: Book,
  settings: RunbookSettings<Params>,
  body: (builder: Builder<Book, ParamsOf<Params>>) => Result,
): Runbook<Params, ExportsOf<Result>> {
  checkArguments(name, settings, body);
  const run = body as unknown as (builder: Builder<string, unknown>) => unknown;
  const made: Runbook = brandRunbook({
    name,
    hosts: settings.hosts,
    params: settings.params ?? z.object({}),
    where: callerPosition(),
    build: (host, params, options = {}) => build({ ...options, runbook: made, host, params }, run),
  });
  register(made);
  return made as Runbook<Params, ExportsOf<Result>>;
}

/** TypeScript says it before; JavaScript does not. */
function checkArguments(name: unknown, settings: unknown, body: unknown): void {
  if (typeof name === "string" && typeof settings === "object" && settings && typeof body === "function")
    return;
  throw new RcmError(
    `runbook(${JSON.stringify(name)}, …) wants a name, an object of settings and a function`,
    { code: "runbook", where: callerPosition(), hint: 'Write runbook("name", {}, ({ step }) => { … })' },
  );
}

function build(options: DraftOptions, body: (builder: Builder<string, unknown>) => unknown): Built {
  const draft = new Draft(options);
  const { name } = options.runbook;
  try {
    const { host, params } = options;
    const { step, graft, merge, assign, secrets } = draft;
    const given = { params, host: hostForBody(host), step, graft, merge, assign, secret: secrets.add };
    const result: unknown = body(given);
    if (!(result instanceof Promise)) return draft.built(result);
    result.catch(() => undefined);
    const message = `The body of the runbook "${name}" is asynchronous: it must add all its steps at once`;
    draft.problem(undefined, message);
  } catch (thrown) {
    draft.problem(
      thrownPosition(thrown),
      `The body of the runbook "${name}" failed for the host "${options.host.name}": ${messageOf(thrown)}`,
      thrown,
    );
  }
  return draft.built(undefined);
}
