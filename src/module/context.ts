import type { Facts } from "./facts.ts";
import type { Result } from "./result.ts";
import type { Secrets } from "./secrets.ts";

declare const output: unique symbol;
declare const owner: unique symbol;

/**
 * A step that was added to a runbook. It holds no result: those exist only once the step has run, and are read
 * through the context of a deferred value. `Output` is what the step will give, `Book` the runbook it belongs to.
 */
export interface StepHandle<Output = unknown, Book extends string = string> {
  /** The step's name within its runbook. */
  readonly name: string;
  readonly [output]?: Output;
  readonly [owner]?: Book;
}

/** What is known of a host before it is connected to. */
export interface HostFacts {
  readonly name: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly groups: readonly string[];
}

/** Something of the context was read that is not known yet. */
export class NotKnown extends Error {
  readonly what: "facts" | "result";

  constructor(what: "facts" | "result") {
    super(`the ${what} is not known yet`);
    this.what = what;
  }
}

/** The context before anything is connected to. */
export function contextOfPlan(
  host: HostFacts,
  { params, assigns }: Pick<StepContext, "params" | "assigns">,
  secrets: Secrets,
): StepContext {
  const unknown = (): never => {
    throw new NotKnown("result");
  };
  return {
    host,
    params,
    assigns,
    secrets,
    get facts(): never {
      throw new NotKnown("facts");
    },
    output: unknown,
    stdout: unknown,
    stderr: unknown,
    result: unknown,
  };
}

/** What a deferred value can read when its step is due. */
export interface StepContext {
  readonly host: HostFacts;
  readonly params: Readonly<Record<string, unknown>>;
  /** The params, and what the runbook assigned. */
  readonly assigns: Readonly<Record<string, unknown>>;
  /** What the host told about itself. */
  readonly facts: Facts;
  /** Those that the step's option `secrets` gives it. */
  readonly secrets: Secrets;
  /** What a finished step gave; undefined when it was skipped, blocked or gave nothing. */
  output<Output>(step: StepHandle<Output>): Output | undefined;
  /**
   * All that a finished step printed on standard output in its last attempt, before `post`; undefined when it was not
   * run. Where the run's folder does not keep it, the last 64 KiB.
   */
  stdout(step: StepHandle): string | undefined;
  /** The same of standard error. */
  stderr(step: StepHandle): string | undefined;
  /** The whole result of a finished step; undefined when it has not run. */
  result<Output>(step: StepHandle<Output>): (Result & { readonly output: Output | undefined }) | undefined;
}

/**
 * A value, or a function of the run's context that gives it when the step is due; at any depth. An option that takes
 * functions takes no deferred values.
 */
export type Deferrable<T> = unknown extends T
  ? // Not `unknown` itself, which would swallow the function beside it, and with it the type of `ctx`.
    NonNullable<unknown> | null | undefined | ((ctx: StepContext) => unknown)
  : [Extract<T, (...args: never[]) => unknown>] extends [never]
    ? T | ((ctx: StepContext) => T) | DeferrableInside<T>
    : T;

/** A list or an object of which parts are deferred. */
export type DeferrableInside<T> = T extends readonly (infer Item)[]
  ? ReadonlyArray<Deferrable<Item>>
  : T extends object
    ? { readonly [Key in keyof T]: Deferrable<T[Key]> }
    : never;

/** Options of which each may be deferred. */
export type DeferrableOptions<T> = { readonly [Key in keyof T]: Deferrable<T[Key]> };
