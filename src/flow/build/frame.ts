import { messageOf, RcmError } from "../../errors.ts";
import { type HostFacts, NotKnown, type StepContext } from "../../module/context.ts";
import { SecretNotLoaded } from "../../module/secrets.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { Scope } from "../evaluate/scope.ts";
import type { Flow } from "../flow.ts";
import { flowValueOf, lazyObject } from "../plain.ts";
import type { Expression } from "../syntax/ast.ts";
import { positionOf, type Span } from "../syntax/source.ts";
import { type FlowObject, type FlowValue, Unknown, unknownIn } from "../value.ts";

/** What is the same for all flows that are built for one host. */
export class HostWorld {
  readonly host: HostFacts;
  /** What values are read from while an expression is worked out; undefined while the plan is made. */
  ctx: StepContext | undefined;

  constructor(host: HostFacts) {
    this.host = host;
  }
}

/** What `var.NAME` stands for. */
export interface FrameVariable {
  readonly value: () => FlowValue;
  /** The secrets that a step must be given which reads it. */
  readonly secrets: () => readonly string[];
}

/** What the names `var` and `task` stand for. */
export interface FrameNames {
  readonly variables: ReadonlyMap<string, FrameVariable>;
  /** By type and name. */
  readonly tasks: ReadonlyMap<string, ReadonlyMap<string, () => FlowValue>>;
}

/** One flow while its steps are made for one host: works out its expressions, in the plan and when steps are due. */
export class Frame {
  readonly flow: Flow;
  /** What stands before the names of its steps. */
  readonly prefix: string;
  readonly world: HostWorld;
  readonly scope: Scope;
  readonly variables: FrameNames["variables"];
  readonly #planned = new Map<Expression, FlowValue>();
  readonly #known = new Set<Expression>();

  constructor(flow: Flow, prefix: string, world: HostWorld, names: FrameNames) {
    this.flow = flow;
    this.prefix = prefix;
    this.world = world;
    this.variables = names.variables;
    this.scope = new Scope(valuesOf(world, names), flow.functions);
  }

  /**
   * What an expression comes to before anything has run: what steps give is not known.
   *
   * @throws RcmError with the place
   */
  planned(expression: Expression, names?: FlowObject): FlowValue {
    const before = this.#planned.get(expression);
    if (before !== undefined) return before;
    const value = this.#evaluate(expression, undefined, names);
    this.#planned.set(expression, value);
    if (!unknownIn(value)) this.#known.add(expression);
    return value;
  }

  /** Whether nothing of an expression has to wait for steps. */
  isKnown(expression: Expression, names?: FlowObject): boolean {
    this.planned(expression, names);
    return this.#known.has(expression);
  }

  /** What an expression comes to as things stand: in the plan, or when the step is due for which another is worked out. */
  now(expression: Expression): FlowValue {
    const { ctx } = this.world;
    return ctx ? this.due(expression, ctx) : this.planned(expression);
  }

  /**
   * What an expression comes to when a step is due.
   *
   * @throws RcmError with the place in its message; NotKnown when something is not there yet
   */
  due(expression: Expression, ctx: StepContext, names?: FlowObject): FlowValue {
    if (this.#known.has(expression)) return this.#planned.get(expression) ?? null;
    try {
      const value = this.#evaluate(expression, ctx, names);
      if (value instanceof Unknown) throw new NotKnown("result");
      return value;
    } catch (error) {
      if (error instanceof NotKnown || error instanceof SecretNotLoaded) throw error;
      throw whileRunning(error, expression);
    }
  }

  #evaluate(expression: Expression, ctx: StepContext | undefined, names: FlowObject | undefined): FlowValue {
    const outer = this.world.ctx;
    this.world.ctx = ctx;
    try {
      return evaluate(expression, names ? this.scope.with(Object.entries(names)) : this.scope);
    } catch (error) {
      if (!(error instanceof RcmError) || error.where) throw error;
      throw new RcmError(error.message, {
        code: error.code,
        hint: error.hint,
        where: positionOf(expression),
      });
    } finally {
      this.world.ctx = outer;
    }
  }
}

/** A step's error is one line, so it says the place itself. */
function whileRunning(error: unknown, span: Span): RcmError {
  const { file, line, column } = (error instanceof RcmError ? error.where : undefined) ?? positionOf(span);
  return new RcmError(`${file}:${line}:${column}: ${messageOf(error)}`, { code: "step", cause: error });
}

const FACTS = [
  ...["os", "arch", "kernel", "hostname", "osVersion", "distro", "distroVersion", "distroFamily"],
  ...["cpus", "memoryMb", "bootId", "user", "home"],
] as const;

function valuesOf(world: HostWorld, { variables, tasks }: FrameNames): ReadonlyMap<string, FlowValue> {
  const { name, vars, groups } = world.host;
  const host: [string, () => FlowValue][] = [
    ["name", () => name],
    ["vars", () => flowValueOf(vars)],
    ["groups", () => flowValueOf(groups)],
  ];
  const facts = FACTS.map((fact) => [fact, () => factOf(world, fact)] as const);
  const types = Array.from(tasks, ([type, names]) => {
    const made = once(() => lazyObject(names));
    return [type, made] as const;
  });
  return new Map([
    ["var", lazyObject(Array.from(variables, ([key, { value }]) => [key, value] as const))],
    ["task", lazyObject(types)],
    ["host", lazyObject(host)],
    ["facts", lazyObject(facts)],
  ]);
}

function factOf({ ctx }: HostWorld, fact: string): FlowValue {
  if (!ctx) return new Unknown(["facts"]);
  const facts = ctx.facts as unknown as Readonly<Record<string, unknown>>;
  return flowValueOf(facts[fact]);
}

/** A function that is called at most once. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
