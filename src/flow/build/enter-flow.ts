import { didYouMean } from "../../util/nearest.ts";
import type { Flow, Node, Variable } from "../flow.ts";
import { plainOf } from "../plain.ts";
import type { Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import type { Span } from "../syntax/source.ts";
import type { FlowTask } from "../tasks/task-type.ts";
import { type FlowValue, isObject, kindOf, Unknown } from "../value.ts";
import { exportsOf } from "./exports.ts";
import type { FrameVariable } from "./frame.ts";
import { type InnerFlow, makeFrame, type NestedFrame } from "./make-frame.ts";
import { secretsIn } from "./secrets.ts";
import { secret } from "./sensitive.ts";
import type { Surroundings } from "./surroundings.ts";
import { stepName } from "./task-values.ts";

/**
 * The frame of the flow that a task runs. Its variables are expressions of the flow around it, so that they may refer to
 * what tasks give.
 *
 * @throws RcmError with the place
 */
export function enterFlow(frame: NestedFrame, node: Node, type: FlowTask, around: Surroundings): InnerFlow {
  const flow =
    type.imported === undefined ? chosenFlow(frame, node, around) : around.library.byPath(type.imported, "");
  if (frame.within.includes(flow))
    throw problemAt(node.span, `The flow "${flow.name}" would run within itself`);
  const given = type.imported === undefined ? varsOf(frame, node) : argumentsAsVars(node);
  checkNames(flow, given, node);
  const prefix = `${stepName(frame, node)}.`;
  const variables = new Map(
    Array.from(flow.variables.values(), (variable) => [
      variable.name,
      variableFor(frame, node, variable, given, { ...around, prefix }),
    ]),
  );
  const inner = makeFrame({
    ...{ flow, prefix, world: frame.world, variables },
    ...{ within: frame.within, library: around.library },
  });
  return { frame: inner, exports: exportsOf(flow, node) };
}

/** The flow that the arguments of `flow_run` name. */
function chosenFlow(frame: NestedFrame, node: Node, { library }: Surroundings): Flow {
  const [arg, other] = ["path", "source", "module"].flatMap((name) => node.args.get(name) ?? []);
  if (!arg || other)
    throw problemAt(other?.span ?? node.span, "flow_run wants exactly one of path, source and module");
  if (!frame.isKnown(arg.value))
    throw problemAt(arg.span, `"${arg.name}" must be known before the run; it refers to what tasks give`);
  const text = frame.planned(arg.value);
  if (typeof text !== "string" || text === "")
    throw problemAt(arg.value, `"${arg.name}" is ${text === "" ? "empty" : kindOf(text)}; expected text`);
  try {
    if (arg.name === "source")
      return library.byText(text, `${frame.flow.file}:${stepName(frame, node)}.source`);
    return arg.name === "path"
      ? library.byPath(text, frame.flow.file)
      : library.byReference(text, frame.flow.file);
  } catch (error) {
    const unplaced =
      error instanceof Error && !(error as { where?: unknown }).where && !("problems" in error);
    throw unplaced ? problemAt(arg.value, error.message, (error as { hint?: string }).hint) : error;
  }
}

/** What a flow is given for its variables: expressions by name, and where the names are not written out, all of them in one. */
interface GivenVars {
  readonly byName: ReadonlyMap<string, Expression>;
  /** An object of which not all is known yet. */
  readonly whole: Expression | undefined;
}

function argumentsAsVars({ args }: Node): GivenVars {
  return { byName: new Map([...args.values()].map(({ name, value }) => [name, value])), whole: undefined };
}

function varsOf(frame: NestedFrame, node: Node): GivenVars {
  const value = node.args.get("vars")?.value;
  if (!value) return { byName: new Map(), whole: undefined };
  if (value.kind === "object" && value.entries.every(({ key }) => key.kind === "name" || isText(frame, key)))
    return {
      byName: new Map(value.entries.map(({ key, value: one }) => [nameOf(frame, key), one])),
      whole: undefined,
    };
  const planned = frame.planned(value);
  if (planned instanceof Unknown) return { byName: new Map(), whole: value };
  if (!isObject(planned)) throw problemAt(value, `"vars" is ${kindOf(planned)}; expected an object`);
  return {
    byName: new Map(Object.keys(planned).map((name) => [name, attributeOf(value, name)])),
    whole: undefined,
  };
}

function isText(frame: NestedFrame, key: Expression): boolean {
  return key.kind !== "access" && frame.isKnown(key);
}

function nameOf(frame: NestedFrame, key: Expression): string {
  return key.kind === "name" ? key.name : String(frame.planned(key));
}

/** `value.name`, as an expression. */
function attributeOf(target: Expression, name: string): Expression {
  const { source, start, end } = target;
  return {
    kind: "index",
    target,
    key: { kind: "literal", value: name, source, start, end },
    source,
    start,
    end,
  };
}

function checkNames(flow: Flow, { byName }: GivenVars, node: Node): void {
  for (const [name, expression] of byName) {
    if (flow.variables.has(name)) continue;
    const known = didYouMean(name, flow.variables.keys());
    const place: Span = node.args.get(name)?.span ?? expression;
    throw problemAt(place, `The flow "${flow.name}" has no variable "${name}"${known}`);
  }
}

function variableFor(
  frame: NestedFrame,
  node: Node,
  variable: Variable,
  { byName, whole }: GivenVars,
  { draft, prefix }: Surroundings & { readonly prefix: string },
): FrameVariable {
  const given = byName.get(variable.name) ?? (whole && attributeOf(whole, variable.name));
  if (!given) return constant(defaultOf(variable, node));
  if (frame.isKnown(given)) {
    const value = frame.planned(given);
    checkType(variable, value, given);
    const name = `${prefix}${variable.name}`.replaceAll(/[^A-Za-z0-9_]/g, "_");
    return variable.sensitive ? secret(draft, frame.world, name, value) : constant(value);
  }
  if (variable.sensitive && secretsIn(frame, [given]).length === 0)
    throw problemAt(
      given,
      `The variable "${variable.name}" is sensitive: its value must be known before the run`,
    );
  return { value: () => frame.now(given), secrets: () => secretsIn(frame, [given]) };
}

function constant(value: FlowValue): FrameVariable {
  return { value: () => value, secrets: () => [] };
}

function defaultOf({ name, required, default: value }: Variable, node: Node): FlowValue {
  if (value !== undefined) return value;
  if (!required) return null;
  throw problemAt(
    node.args.get("vars")?.span ?? node.span,
    `The variable "${name}" of that flow is required, and not given`,
  );
}

function checkType({ name, type }: Variable, value: FlowValue, span: Span): void {
  if (!type || value === null || type.schema.safeParse(plainOf(value, span)).success) return;
  throw problemAt(span, `The variable "${name}" is no ${type.text}`);
}
