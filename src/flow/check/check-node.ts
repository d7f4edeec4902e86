import type { RcmError } from "../../errors.ts";
import { didYouMean } from "../../util/nearest.ts";
import { noFunction } from "../evaluate/call.ts";
import { callsIn, type Reference, referencesOf } from "../evaluate/references.ts";
import type { Argument, Node, OwnArguments } from "../flow.ts";
import type { Block, Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { OUTPUT } from "../tasks/output.ts";
import type { TaskType } from "../tasks/task-type.ts";
import { argumentsOf } from "./arguments.ts";
import type { FlowWorld } from "./flow-world.ts";

/** A node whose references have not been looked up yet. */
export type NodeDraft = Omit<Node, "needs">;

const OWN = ["_depends_on", "_retry", "_timeout", "_when", "_become", "_hosts"];

/** Arguments of `output`. */
const OF_OUTPUT = ["value", "description", "sensitive"];

/**
 * Checks a `task` or `output` block as far as that can be known before anything is worked out.
 *
 * @throws RcmError for a type that there is not
 */
export function checkNode(block: Block, world: FlowWorld, problems: RcmError[]): NodeDraft {
  return block.type === "output" ? output(block, world, problems) : task(block, world, problems);
}

function task(block: Block, world: FlowWorld, problems: RcmError[]): NodeDraft {
  const [typeLabel, nameLabel] = block.labels;
  const [typeName, name] = [typeLabel?.text ?? "", nameLabel?.text ?? ""];
  const type = world.types.get(typeName);
  if (!type) throw unknownType(typeName, typeLabel ?? block, world);
  const all = argumentsOf(block, type, problems);
  const args = new Map([...all].filter(([argument]) => !argument.startsWith("_")));
  for (const { name: argument, span } of all.values()) {
    if (!argument.startsWith("_") || OWN.includes(argument)) continue;
    const known = didYouMean(argument, OWN) || `; expected ${OWN.join(", ")}`;
    problems.push(problemAt(span, `No task has an argument "${argument}"${known}`));
  }
  checkFlowArguments(type, args, problems);
  const isForeign = (argument: string): boolean => isFlowRun(type) && argument === "export";
  checkFunctions(
    [...all.values()].filter((one) => !isForeign(one.name)),
    world,
    problems,
  );
  const address = `task.${typeName}.${name}`;
  const references = [
    ...argumentReferences(type, args),
    ...OWN.flatMap((one) => all.get(one) ?? []).flatMap(({ value }) => referencesOf(value)),
  ];
  return { address, name, span: block, type, args, own: ownArguments(all), references };
}

function output(block: Block, world: FlowWorld, problems: RcmError[]): NodeDraft {
  const name = block.labels[0]?.text ?? "";
  const args = argumentsOf(block, OUTPUT, problems);
  for (const { name: argument, span } of args.values()) {
    if (OF_OUTPUT.includes(argument)) continue;
    const known = didYouMean(argument, OF_OUTPUT) || `; expected ${OF_OUTPUT.join(", ")}`;
    problems.push(problemAt(span, `An output has no argument "${argument}"${known}`));
  }
  if (!args.has("value")) throw problemAt(block, `The output "${name}" has no value; expected value = …`);
  checkFunctions([...args.values()], world, problems);
  const references = [...args.values()].flatMap(({ value }) => referencesOf(value));
  return {
    address: `output.${name}`,
    name,
    span: block,
    type: OUTPUT,
    args,
    own: ownArguments(new Map()),
    references,
  };
}

function unknownType(name: string, place: Block["labels"][number] | Block, { types }: FlowWorld): RcmError {
  const near = didYouMean(name, types.keys());
  return problemAt(
    place,
    `There is no task type "${name}"${near}`,
    "`rcm modules` lists the modules; others are imported",
  );
}

const OF_FLOW_RUN = ["path", "source", "module", "vars", "export"];

/** The task that runs another flow, whose names and functions are others. */
function isFlowRun(type: TaskType): boolean {
  return type.kind === "flow" && type.imported === undefined;
}

/** Tells of functions that there are not, also where they would not be called. */
function checkFunctions(args: readonly Argument[], { functions }: FlowWorld, problems: RcmError[]): void {
  const calls = args.flatMap(({ value }) => callsIn(value));
  for (const call of calls) if (!functions.has(call.name)) problems.push(noFunction(call, functions));
}

function checkFlowArguments(type: TaskType, args: ReadonlyMap<string, Argument>, problems: RcmError[]): void {
  if (!isFlowRun(type)) return;
  for (const { name, span } of args.values()) {
    if (OF_FLOW_RUN.includes(name)) continue;
    const known = didYouMean(name, OF_FLOW_RUN) || `; expected ${OF_FLOW_RUN.join(", ")}`;
    problems.push(problemAt(span, `flow_run has no argument "${name}"${known}`));
  }
}

/** What arguments refer to. Expressions of `export` refer to the other flow, and a template has names of its own. */
function argumentReferences(type: TaskType, args: ReadonlyMap<string, Argument>): readonly Reference[] {
  const isOwnName = type.kind === "template" ? contextNames(args.get("context")?.value) : () => false;
  return [...args.values()].flatMap(({ name, value }) => {
    if (isFlowRun(type) && name === "export") return [];
    const found = referencesOf(value);
    return name === "source" ? found.filter(({ path }) => !isOwnName(path[0] ?? "")) : found;
  });
}

/** Which names a template's `context` makes known: those written out, or any where they are not. */
function contextNames(context: Expression | undefined): (name: string) => boolean {
  if (!context) return () => false;
  if (context.kind !== "object") return (name) => name !== "task" && name !== "var";
  const names = new Set(context.entries.map(({ key }) => nameOf(key)));
  return (name) => names.has(name) || (names.has(undefined) && name !== "task" && name !== "var");
}

function nameOf(key: Expression): string | undefined {
  if (key.kind === "name") return key.name;
  const only = key.kind === "template" && key.parts.length === 1 ? key.parts[0] : undefined;
  return only?.kind === "literal" ? String(only.value) : undefined;
}

function ownArguments(all: ReadonlyMap<string, Argument>): OwnArguments {
  return {
    conditions: conditionsIn(all.get("_depends_on")?.value),
    when: all.get("_when"),
    retry: all.get("_retry"),
    timeout: all.get("_timeout"),
    become: all.get("_become"),
    hosts: all.get("_hosts"),
  };
}

/** What `_depends_on` holds beside references to whole tasks. */
function conditionsIn(dependsOn: Expression | undefined): readonly Expression[] {
  if (!dependsOn) return [];
  if (dependsOn.kind !== "list") throw problemAt(dependsOn, 'Expected a list in "_depends_on"');
  return dependsOn.items.filter((item) => {
    const [only, second] = referencesOf(item);
    const isTask = only?.path[0] === "task" && only.path.length === 3 && second === undefined;
    return !(isTask && only.span.start === item.start && only.span.end === item.end);
  });
}
