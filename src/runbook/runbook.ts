import { z } from "zod";
import { messageOf, type Position, RcmError } from "../errors.ts";
import type { HostFacts, StepHandle } from "../module/context.ts";
import type { ModuleCall } from "../module/define.ts";
import { parseDuration } from "../util/duration.ts";
import { type Changed, frameworkProblems, isChanged, readRetry, type StepOptions } from "./framework.ts";
import { type Built, brandRunbook, type Runbook, type StepSpec } from "./spec.ts";
import { callerPosition, thrownPosition } from "./where.ts";

/** What a runbook is for and what it can be given. */
export interface RunbookSettings<Params extends z.ZodObject = z.ZodObject> {
  /** The pattern of hosts it is for, such as `web:!staging`; `all` when left out. */
  readonly hosts?: string;
  /** What `-e`, `--var-file` and `RCM_VAR_x` may set. */
  readonly params?: Params;
}

/** Adds a step to the runbook; the handle is for `await`, `when` and deferred values of later steps. */
export type AddStep<Book extends string> = <Output, Post = Output>(
  name: string,
  call: ModuleCall<Output>,
  options?: StepOptions<Output, Book, Post>,
) => StepHandle<Post, Book>;

/** What a runbook's body works with. */
export interface Builder<Book extends string, Params> {
  readonly params: Params;
  /** The host that the steps are being planned for. */
  readonly host: HostFacts;
  readonly step: AddStep<Book>;
}

/** The params that a body gets. Where there are none, zod's own type would give `never`, which fits everywhere. */
export type ParamsOf<Params extends z.ZodObject> =
  z.output<Params> extends Record<string, never>
    ? Readonly<Record<never, never>>
    : Readonly<z.output<Params>>;

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
>(
  name: Book,
  settings: RunbookSettings<Params>,
  // biome-ignore lint/suspicious/noConfusingVoidType: alone, `void` would let an asynchronous body pass
  body: (builder: Builder<Book, ParamsOf<Params>>) => void | StepHandle<unknown, Book>,
): Runbook {
  return brandRunbook({
    name,
    hosts: settings.hosts,
    params: settings.params ?? z.object({}),
    where: callerPosition(),
    build: (host, params) =>
      build(name, host, params, body as unknown as (builder: Builder<string, unknown>) => void),
  });
}

function build(
  book: string,
  host: HostFacts,
  params: Readonly<Record<string, unknown>>,
  body: (builder: Builder<string, unknown>) => void,
): Built {
  const draft = new Draft(book);
  try {
    const result: unknown = body({ params, host, step: draft.step });
    if (result instanceof Promise) {
      result.catch(() => undefined);
      draft.problem(
        undefined,
        `The body of the runbook "${book}" is asynchronous: it must add all its steps at once`,
      );
    }
  } catch (thrown) {
    draft.problem(
      thrownPosition(thrown),
      `The body of the runbook "${book}" failed for the host "${host.name}": ${messageOf(thrown)}`,
      thrown,
    );
  }
  return draft.built();
}

/** The steps of one host while they are being added. */
class Draft {
  readonly #book: string;
  readonly #steps: StepSpec[] = [];
  readonly #byName = new Map<string, StepSpec>();
  readonly #handles = new WeakSet<StepHandle>();
  readonly #problems: RcmError[] = [];

  constructor(book: string) {
    this.#book = book;
  }

  readonly step: AddStep<string> = (name, call, options = {}) => {
    const where = callerPosition();
    for (const problem of frameworkProblems(options as Readonly<Record<string, unknown>>))
      this.problem(where, `Step "${name}": ${problem}`);
    this.#checkCall(name, call, where);
    const spec = this.#spec(name, call, options as StepOptions, where);
    if (this.#byName.has(name)) this.#duplicate(name, where);
    else this.#add(spec);
    const handle: StepHandle<never, string> = Object.freeze({ name });
    this.#handles.add(handle);
    return handle;
  };

  problem(where: Position | undefined, message: string, cause?: unknown): void {
    this.#problems.push(new RcmError(message, { code: "plan", where, cause }));
  }

  built(): Built {
    for (const step of this.#steps) this.#checkAwaits(step);
    return { steps: this.#steps, problems: this.#problems };
  }

  #spec(name: string, call: ModuleCall, options: StepOptions, where: Position | undefined): StepSpec {
    const previous = this.#steps.at(-1)?.name;
    const { when, timeout } = options;
    const changed = isChanged(when) ? this.#names(name, (when as Changed).changed, where) : [];
    const awaits = Array.isArray(options.await)
      ? this.#names(name, options.await, where)
      : previous === undefined
        ? []
        : [previous];
    return Object.freeze({
      name,
      call,
      awaits: [...new Set([...awaits, ...changed])],
      changed,
      when: typeof when === "function" ? when : undefined,
      retry: readRetry(options.retry) ?? { max: 1, delay: 0, backoff: 1, maxDelay: 0, jitter: 0 },
      timeout: timeout === undefined ? undefined : parseDuration(timeout),
      become: options.become,
      env: options.env ?? {},
      cwd: options.cwd,
      ignoreErrors: options.ignoreErrors ?? false,
      post: options.post as StepSpec["post"],
      assert: options.assert,
      where,
    });
  }

  #names(step: string, refs: ReadonlyArray<StepHandle | string>, where: Position | undefined): string[] {
    return refs.flatMap((ref) => {
      if (typeof ref === "string") return [ref];
      if (this.#handles.has(ref)) return [ref.name];
      this.problem(
        where,
        `Step "${step}" awaits a handle that is not of a step of the runbook "${this.#book}"`,
      );
      return [];
    });
  }

  #add(spec: StepSpec): void {
    this.#steps.push(spec);
    this.#byName.set(spec.name, spec);
  }

  #duplicate(name: string, where: Position | undefined): void {
    const line = this.#byName.get(name)?.where?.line;
    this.problem(
      where,
      `There are two steps named "${name}"${line ? ` (the first one is on line ${line})` : ""}: names are unique in a runbook`,
    );
  }

  #checkCall(name: string, call: ModuleCall, where: Position | undefined): void {
    if (name === "" || /[\0-\x1f/]/.test(name))
      this.problem(
        where,
        `A step cannot be named ${JSON.stringify(name)}: wanted a text without "/" and control characters`,
      );
    if (!call?.definition)
      this.problem(where, `Step "${name}" has no module: wanted a call such as command({ cmd: "true" })`);
  }

  #checkAwaits({ name, awaits, where }: StepSpec): void {
    for (const awaited of awaits) {
      if (!this.#byName.has(awaited))
        this.problem(where, `Step "${name}" awaits "${awaited}", but there is no such step`);
    }
  }
}
