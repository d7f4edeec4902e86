import { type Position, RcmError } from "../errors.ts";
import type { HostFacts, StepHandle } from "../module/context.ts";
import type { ModuleCall } from "../module/define.ts";
import { parseDuration } from "../util/duration.ts";
import { type Assign, assigned } from "./assigns.ts";
import type { AddStep, Builder } from "./builder.ts";
import { frameworkProblems, isChanged, readRetry, type StepOptions } from "./framework.ts";
import { type Awaitable, exitsOf, type GraftHandle, isGraftHandle, prefixed } from "./graft.ts";
import { graftProblems, type Target, targetOf } from "./graft-target.ts";
import { SecretDraft } from "./secrets.ts";
import type { BuildOptions, Built, Runbook, Scope, StepSpec } from "./spec.ts";
import { callerPosition } from "./where.ts";

/** What steps are added for. */
export interface DraftOptions extends BuildOptions {
  readonly runbook: Runbook;
  readonly host: HostFacts;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Where a step is written, and each of its module's options where that is known. */
export interface StepPlaces {
  readonly step: Position | undefined;
  readonly option?: NonNullable<StepSpec["placeOf"]>;
}

/** A grafted runbook: the steps that are awaited for it, and all of them. */
interface Part {
  readonly exits: readonly string[];
  readonly members: readonly string[];
}

/** Options of `graft`, as a JavaScript runbook may give them. */
type GivenOptions = Readonly<Record<string, unknown>>;

/** The steps of one host while they are being added. */
export class Draft {
  readonly secrets: SecretDraft;
  readonly #options: DraftOptions;
  readonly #steps: StepSpec[] = [];
  readonly #byName = new Map<string, StepSpec>();
  readonly #handles = new WeakSet<StepHandle>();
  readonly #parts = new Map<string, Part>();
  readonly #partOf = new WeakMap<object, Part>();
  readonly #problems: RcmError[] = [];
  readonly #own = new Map<string, unknown>();
  readonly #ofParts = new Map<string, unknown>();
  /** Filled at the end: a step may read what is assigned after it. */
  readonly #assigns: Record<string, unknown> = {};
  readonly #scope: Scope;
  /** What the next step awaits unless it says otherwise. */
  #previous: readonly string[] = [];

  constructor(options: DraftOptions) {
    this.#options = options;
    this.secrets = new SecretDraft(options.params, (where, message) => this.problem(where, message));
    this.#scope = { prefix: "", params: options.params, assigns: this.#assigns };
  }

  readonly step: AddStep<string> = (name, call, options = {}) =>
    this.stepAt({ step: callerPosition() }, name, call, options as StepOptions) as StepHandle<never, string>;

  /** The same, for a step that is written somewhere else than in the code that calls this. */
  stepAt(
    { step: where, option }: StepPlaces,
    name: string,
    call: ModuleCall,
    options: StepOptions,
  ): StepHandle {
    for (const problem of frameworkProblems(options as Readonly<Record<string, unknown>>))
      this.problem(where, `Step "${name}": ${problem}`);
    this.#checkCall(name, call, where);
    const spec = this.#spec(name, call, options, where);
    if (this.#byName.has(name)) this.#duplicate(name, where);
    else this.#add(option ? Object.freeze({ ...spec, placeOf: option }) : spec);
    this.#previous = [name];
    return this.#handle(name);
  }

  readonly graft: Builder<string, unknown>["graft"] = (
    prefix: string,
    target: Target,
    options: GivenOptions = {},
  ) => this.graftAt(callerPosition(), prefix, target, options) as GraftHandle<string, never>;

  /** The same, for a graft that is written somewhere else than in the code that calls this. */
  graftAt(
    where: Position | undefined,
    prefix: string,
    target: Target,
    options: GivenOptions = {},
  ): GraftHandle {
    return this.#graft(where, prefix, target, options, ["await", "params"]);
  }

  readonly merge: Builder<string, unknown>["merge"] = (
    prefix: string,
    target: Target,
    options: GivenOptions = {},
  ) =>
    this.#graft(
      callerPosition(),
      prefix,
      target,
      { ...options, await: [] },
      ["params"],
      options,
    ) as GraftHandle<string, never>;

  readonly assign: Assign = (name, value) => {
    const result = assigned(name, value, this.#options.given?.get(name));
    if ("problem" in result) this.problem(callerPosition(), result.problem);
    const kept = "problem" in result ? value : result.value;
    this.#own.set(name, kept);
    return kept as never;
  };

  problem(where: Position | undefined, message: string, cause?: unknown): void {
    this.#problems.push(new RcmError(message, { code: "plan", where, cause }));
  }

  /** Tells of a mistake that knows its own place. */
  refuse(error: RcmError): void {
    this.#problems.push(error);
  }

  /** @param returned what the body gave */
  built(returned: unknown): Built {
    const assigns = Object.fromEntries([...this.#ofParts, ...this.#own]);
    Object.assign(
      this.#assigns,
      Object.fromEntries(this.#ofParts),
      this.#options.params,
      Object.fromEntries(this.#own),
    );
    const steps =
      this.#parts.size === 0 ? this.#steps : this.#steps.map((step) => this.#settled(step, assigns));
    for (const step of steps) this.#checkAwaits(step);
    for (const { name, secrets, where } of this.#steps.filter(({ scope }) => scope === this.#scope))
      this.secrets.check(name, secrets, where);
    return {
      steps,
      secrets: this.secrets.all,
      problems: this.#problems,
      exports: this.#exports(returned),
      assigns,
      ownAssigns: [...this.#own.keys()],
    };
  }

  #graft(
    where: Position | undefined,
    prefix: string,
    target: Target,
    options: GivenOptions,
    known: readonly string[],
    given: GivenOptions = options,
  ): GraftHandle {
    const { runbook, host, within = [] } = this.#options;
    for (const problem of graftProblems(prefix, given, known)) this.problem(where, problem);
    const found = targetOf(prefix, target, options.params, [...within, runbook]);
    if (!found.ok) {
      for (const { message, hint } of found.problems)
        this.#problems.push(new RcmError(message, { code: "plan", where, hint }));
      return this.#partHandle(prefix, { exits: this.#previous, members: [] }, {});
    }
    const built = found.runbook.build(host, found.params, { within: [...within, runbook] });
    this.#problems.push(...built.problems);
    for (const [name, value] of Object.entries(built.assigns)) this.#ofParts.set(name, value);
    this.secrets.join(prefix, found.runbook.name, built.secrets, where);
    const awaits = Array.isArray(options.await)
      ? this.#names(`The grafted runbook "${prefix}"`, options.await as Awaitable[], "exits", where)
      : this.#previous;
    const steps = prefixed(prefix, built.steps, awaits);
    this.#checkClashes(prefix, found.runbook, steps, where);
    for (const step of steps) if (!this.#byName.has(step.name)) this.#add(step);
    // Who awaits a part without steps awaits what it would have awaited.
    const exits = steps.length === 0 ? awaits : exitsOf(steps);
    if (steps.length > 0) this.#previous = exits;
    return this.#partHandle(prefix, { exits, members: steps.map(({ name }) => name) }, built.exports);
  }

  #partHandle(prefix: string, part: Part, exports: Readonly<Record<string, string>>): GraftHandle {
    const before = this.#parts.get(prefix) ?? { exits: [], members: [] };
    this.#parts.set(prefix, {
      exits: [...before.exits, ...part.exits],
      members: [...before.members, ...part.members],
    });
    const steps = Object.entries(exports).map(
      ([key, name]) => [key, this.#handle(`${prefix}.${name}`)] as const,
    );
    const handle = Object.freeze({ prefix, steps: Object.freeze(Object.fromEntries(steps)) }) as GraftHandle;
    this.#partOf.set(handle, part);
    return handle;
  }

  #handle(name: string): StepHandle<never, string> {
    const handle: StepHandle<never, string> = Object.freeze({ name });
    this.#handles.add(handle);
    return handle;
  }

  #spec(name: string, call: ModuleCall, options: StepOptions, where: Position | undefined): StepSpec {
    const { when, timeout, deadline } = options;
    const who = `Step "${name}"`;
    const changed = isChanged(when) ? this.#names(who, when.changed, "members", where) : [];
    const awaits = Array.isArray(options.await)
      ? this.#names(who, options.await as Awaitable[], "exits", where)
      : this.#previous;
    return Object.freeze({
      name,
      call,
      awaits: [...new Set([...awaits, ...changed])],
      changed,
      when: typeof when === "function" ? when : undefined,
      retry: readRetry(options.retry) ?? NO_RETRY,
      timeout: timeout === undefined ? undefined : parseDuration(timeout),
      deadline: deadline === undefined ? undefined : parseDuration(deadline),
      become: options.become,
      env: options.env ?? {},
      cwd: options.cwd,
      secrets: Array.isArray(options.secrets) ? this.secrets.names(name, options.secrets, where) : [],
      ignoreErrors: options.ignoreErrors ?? false,
      sink: options.sink,
      post: options.post as StepSpec["post"],
      assert: options.assert,
      scope: this.#scope,
      where,
    });
  }

  /** Names of what is awaited; those of grafted runbooks that are awaited by name are known only at the end. */
  #names(who: string, refs: readonly Awaitable[], which: keyof Part, where: Position | undefined): string[] {
    return refs.flatMap((ref) => {
      if (typeof ref === "string") return [ref];
      const part = isGraftHandle(ref) ? this.#partOf.get(ref) : undefined;
      if (part) return part[which];
      if (this.#handles.has(ref as StepHandle)) return [(ref as StepHandle).name];
      this.problem(
        where,
        `${who} awaits a handle that is not of a step of the runbook "${this.#options.runbook.name}"`,
      );
      return [];
    });
  }

  /** The step with the steps of grafted runbooks for their names, and with what this runbook gives to them. */
  #settled(step: StepSpec, assigns: Readonly<Record<string, unknown>>): StepSpec {
    const inside = (names: readonly string[], which: keyof Part): string[] => [
      ...new Set(
        names.flatMap((name) => (this.#byName.has(name) ? name : (this.#parts.get(name)?.[which] ?? name))),
      ),
    ];
    const changed = inside(step.changed, "members");
    const scope =
      step.scope === this.#scope
        ? step.scope
        : { ...step.scope, assigns: { ...assigns, ...step.scope.assigns } };
    return Object.freeze({
      ...step,
      awaits: [...new Set([...inside(step.awaits, "exits"), ...changed])],
      changed,
      scope,
    });
  }

  #exports(returned: unknown): Readonly<Record<string, string>> {
    if (typeof returned !== "object" || returned === null || this.#handles.has(returned as StepHandle))
      return {};
    const handles = Object.entries(returned).filter(([, value]) => this.#handles.has(value as StepHandle));
    return Object.fromEntries(handles.map(([key, value]) => [key, (value as StepHandle).name]));
  }

  #add(spec: StepSpec): void {
    this.#steps.push(spec);
    this.#byName.set(spec.name, spec);
  }

  #duplicate(name: string, where: Position | undefined): void {
    this.problem(
      where,
      `There are two steps named "${name}"${this.#firstAt(name, where)}: names are unique in a runbook`,
    );
  }

  #checkClashes(
    prefix: string,
    runbook: Runbook,
    steps: readonly StepSpec[],
    where: Position | undefined,
  ): void {
    for (const { name } of steps) {
      if (this.#byName.has(name))
        this.problem(
          where,
          `The runbook "${runbook.name}", grafted as "${prefix}", clashes with the step "${name}"${this.#firstAt(name, where)}: give it another prefix`,
        );
    }
  }

  /** Where the first step of this name is: the line, and the file if it is another one. */
  #firstAt(name: string, where: Position | undefined): string {
    const first = this.#byName.get(name)?.where;
    if (first?.line === undefined) return "";
    return first.file === where?.file
      ? ` (the first one is on line ${first.line})`
      : ` (the first one is at ${first.file}:${first.line})`;
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

/** A policy that is wrong has been told of. */
const NO_RETRY: StepSpec["retry"] = {
  ...{ max: 1, delay: 0, backoff: 1, maxDelay: 0, jitter: 0, on: ["error", "assert"] },
  ...{ within: undefined, wait: undefined },
};
