import type { Library } from "../build/make-frame.ts";
import type { Argument, Node } from "../flow.ts";
import type { Expression } from "../syntax/ast.ts";
import type { FlowTask, ModuleTask, RunbookTask, TemplateTask } from "../tasks/task-type.ts";
import { callCode, listCode, objectCode } from "./code.ts";
import { type Condition, conditionsOf, type Fragile, whenCode } from "./conditions.ts";
import { enter } from "./enter.ts";
import type { Env } from "./env.ts";
import { type Code, codeOf, partsOf } from "./known-code.ts";
import { cannot, withContext } from "./resolve.ts";
import { option, rawOf, translate } from "./translate.ts";

/** A statement of the body. Its text is made at the end, when it is known which steps others refer to. */
export type Line = () => string;

/** What a node has become, for those that need it. */
interface Made {
  /** Items of the list of what to await. */
  readonly exits: readonly string[];
  readonly fragile: readonly Fragile[];
}

/** What steps take over from the tasks that they are within. */
interface Around extends Made {
  readonly conditions: readonly Condition[];
  /** The option `become`. */
  readonly become: string | undefined;
  /** Where statements are put. */
  readonly lines: Line[];
  readonly library: Library;
}

/** The statements of a flow's steps, each behind what it needs. */
export function stepLines(env: Env, library: Library): readonly Line[] {
  const lines: Line[] = [];
  addSteps(env, { exits: [], fragile: [], conditions: [], become: undefined, lines, library });
  return lines;
}

interface Added extends Made {
  readonly steps: readonly string[];
}

function addSteps(env: Env, around: Around): Added {
  const made = new Map<string, Made>();
  const steps: string[] = [];
  const awaited = new Set<string>();
  for (const node of env.flow.nodes.values()) {
    const needs = needsOf(node, made, around);
    for (const exit of needs.exits) awaited.add(exit);
    const one = addNode(env, node, { ...around, ...needs });
    steps.push(...one.steps);
    made.set(node.address, one);
  }
  const fragile = [...made.values()].flatMap((one) => one.fragile);
  return {
    steps,
    exits: steps.filter((step) => !awaited.has(step)),
    fragile: fragile.filter(({ name }) => !awaited.has(name)),
  };
}

function needsOf({ needs }: Node, made: ReadonlyMap<string, Made>, around: Around): Made {
  if (needs.length === 0) return around;
  const all = needs.flatMap((need) => made.get(need) ?? []);
  const fragile = new Map(all.flatMap((one) => one.fragile).map((one) => [one.name, one]));
  return { exits: [...new Set(all.flatMap(({ exits }) => exits))], fragile: [...fragile.values()] };
}

function addNode(env: Env, node: Node, around: Around): Added {
  const { file } = env;
  if (node.type.kind === "flow") return addFlow(env, node, node.type, around);
  const name = file.names.pick(...wishes(node));
  env.handles.set(node.address, name);
  for (const one of around.fragile) file.used.add(one.name);
  for (const exit of around.exits) file.used.add(exit);
  const conditions = conditionsOf(around.conditions, env, node.own);
  const call =
    node.type.kind === "runbook"
      ? graftCode(env, node, node.type, around)
      : stepCode(env, node, node.type, { ...around, conditions });
  const { hosts } = node.own;
  if (hosts) return addForHosts(env, name, call, { hosts, conditions, around });
  around.lines.push(() => `${file.used.has(name) ? `const ${name} = ` : ""}${call};`);
  const isFragile = conditions.some(({ kind }) => kind === "depends") || around.fragile.length > 0;
  return { steps: [name], exits: [name], fragile: isFragile ? [{ name, conditions }] : [] };
}

/** `echo`, or `bashRunEcho` where that is taken. */
function wishes({ name, type, address }: Node): readonly string[] {
  return address.startsWith("output.") ? [`${name} output`] : [name, `${type.name} ${name}`];
}

interface ForHosts {
  readonly hosts: Argument;
  readonly conditions: readonly Condition[];
  readonly around: Around;
}

/** A step that is left out on some hosts: what needs it then awaits what it would await. */
function addForHosts(env: Env, name: string, call: string, { hosts, conditions, around }: ForHosts): Added {
  const { file } = env;
  if (env.prefix !== "") throw cannot(hosts.span, '"_hosts" in a flow that another one runs');
  if (around.fragile.length > 0 || conditions.some(({ kind }) => kind === "depends"))
    throw cannot(hosts.span, '"_hosts" together with conditions of "_depends_on"');
  const pattern = translate(hosts.value, env);
  if (pattern.isDue) throw cannot(hosts.span, '"_hosts" must be known before the run');
  const test = callCode(file.flow("onHost"), [file.given("host"), pattern.code]);
  const before = listCode(around.exits);
  around.lines.push(() => `const ${name} = ${test} ? ${call} : undefined;`);
  const exit = `...(${name} ? [${name}] : ${before})`;
  return { steps: [exit], exits: [exit], fragile: [] };
}

/** `[a, b]`; where steps may be left out, none twice. */
function awaitCode(exits: readonly string[]): string {
  const list = listCode(exits);
  return exits.length > 1 && exits.some((exit) => exit.startsWith("...")) ? `[...new Set(${list})]` : list;
}

function stepCode(env: Env, node: Node, type: ModuleTask | TemplateTask, around: Around): string {
  const { file, prefix } = env;
  const options = optionsOf(env, node);
  const when = whenCode(around.conditions, around.fragile);
  const { secrets } = partsOf([...options.map(([, code]) => code), ...(when ? [when] : [])]);
  const { retry, timeout } = node.own;
  const own: ReadonlyArray<readonly [string, string | undefined]> = [
    ["await", awaitCode(around.exits)],
    ["when", when?.code],
    ["retry", retry && retryCode(env, retry.value)],
    ["deadline", timeout && deadlineCode(env, timeout.value)],
    ["become", becomeCode(env, node) ?? around.become],
    ["secrets", secretsCode(secrets)],
  ];
  const given = own.flatMap(([name, code]) => (code === undefined ? [] : [[name, code] as const]));
  const call = callCode(file.module(type), [objectCode(options.map(([name, { code }]) => [name, code]))]);
  return callCode(file.given("step"), [JSON.stringify(`${prefix}${node.address}`), call, objectCode(given)]);
}

/** The options of a step's module. Arguments that are null count as not given. */
function optionsOf(env: Env, node: Node): ReadonlyArray<readonly [string, Code]> {
  const source = node.args.get("source");
  if (node.type.kind === "template")
    return source ? [["content", option(source.value, withContext(node, env))]] : [];
  const name = node.address.startsWith("output.")
    ? [["name", codeOf(JSON.stringify(node.name))] as const]
    : [];
  const args = [...node.args.values()].filter(
    ({ value }) => !(value.kind === "literal" && value.value === null),
  );
  return [...name, ...args.map((arg) => [arg.name, option(arg.value, env)] as const)];
}

function retryCode(env: Env, value: Expression): string {
  if (value.kind === "literal")
    return objectCode([
      ["max", String(value.value)],
      ["delay", "0"],
    ]);
  return `${env.file.flow("retry")}\`${knownRaw(env, value, "_retry")}\``;
}

function deadlineCode(env: Env, value: Expression): string {
  if (value.kind === "literal" && typeof value.value === "number") return String(value.value * 1000);
  return `${env.file.flow("hcl")}\`(${knownRaw(env, value, "_timeout")}) * 1000\``;
}

/** Undefined where the task says nothing of it. */
function becomeCode(env: Env, { own: { become } }: Node): string | undefined {
  if (!become || (become.value.kind === "literal" && become.value.value === null)) return undefined;
  const code = translate(become.value, env);
  if (code.isDue) throw cannot(become.span, '"_become" must be known before the run');
  return code.code;
}

function knownRaw(env: Env, value: Expression, name: string): string {
  const parts: Code[] = [];
  const raw = rawOf(value, env, false, parts);
  if (partsOf(parts).isDue) throw cannot(value, `"${name}" must be known before the run`);
  return raw;
}

function secretsCode(names: readonly string[]): string | undefined {
  const [only, other] = names;
  if (only === undefined) return undefined;
  return other === undefined
    ? `${only}.secrets`
    : `[${names.map((name) => `...${name}.secrets`).join(", ")}]`;
}

function addFlow(env: Env, node: Node, type: FlowTask, around: Around): Added {
  const { hosts, retry, timeout } = node.own;
  if (hosts) throw cannot(hosts.span, '"_hosts" of a task that runs a flow');
  const odd = retry ?? timeout;
  if (odd) throw cannot(odd.span, `"${odd.name}" cannot be given to a task that runs a flow`);
  const entered = enter(env, node, type, around.library);
  env.inner.set(node.address, entered);
  for (const line of entered.lines) around.lines.push(() => line);
  const added = addSteps(entered.env, {
    ...around,
    conditions: conditionsOf(around.conditions, env, node.own),
    become: becomeCode(env, node) ?? around.become,
  });
  return added.steps.length === 0 ? { ...around, steps: [] } : added;
}

function graftCode(env: Env, node: Node, { origin, name }: RunbookTask, around: Around): string {
  const { file, prefix } = env;
  const { when, retry, timeout, become, conditions } = node.own;
  const [odd] = [when, retry, timeout, become].flatMap((arg) => arg ?? []);
  const place =
    odd?.span ??
    conditions[0] ??
    (around.conditions.length + around.fragile.length > 0 ? node.span : undefined);
  if (place) throw cannot(place, "a task that runs a runbook has conditions or options of its own");
  const params = [...node.args.values()].map((arg) => {
    const code = translate(arg.value, env);
    if (code.isDue) throw cannot(arg.span, `"${arg.name}" must be known before the run: it is a param`);
    return [arg.name, code.code] as const;
  });
  const runbook = file.use(origin, origin.name === "default" ? name : origin.name);
  const options = objectCode([
    ["await", awaitCode(around.exits)],
    ["params", objectCode(params)],
  ]);
  return callCode(file.given("graft"), [JSON.stringify(`${prefix}${node.address}`), runbook, options]);
}
