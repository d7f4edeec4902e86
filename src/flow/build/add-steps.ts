import { Problems, RcmError } from "../../errors.ts";
import type { StepOptions } from "../../runbook/framework.ts";
import type { Node } from "../flow.ts";
import { plainOf } from "../plain.ts";
import { problemAt } from "../syntax/problem.ts";
import { positionOf } from "../syntax/source.ts";
import type { FlowTask, ModuleTask, RunbookTask, TemplateTask } from "../tasks/task-type.ts";
import { conditionsOf, type Fragile, whenOf } from "./conditions.ts";
import { enterFlow } from "./enter-flow.ts";
import type { NestedFrame } from "./make-frame.ts";
import { optionsOf } from "./options.ts";
import { becomeOf, deadlineOf, retryFor, runsHere } from "./own.ts";
import { expressionsOf, secretsIn } from "./secrets.ts";
import type { Surroundings } from "./surroundings.ts";
import { stepName } from "./task-values.ts";

/** What a node has become, for those that need it. */
interface Made {
  /** Names of the steps to await. */
  readonly exits: readonly string[];
  readonly fragile: readonly Fragile[];
}

/** The steps that a flow has become. */
export interface Added {
  readonly steps: readonly string[];
  readonly exits: readonly string[];
  readonly fragile: readonly Fragile[];
}

/** Adds the steps of a flow, each behind what it needs. Mistakes are put into the draft, and the others go on. */
export function addSteps(frame: NestedFrame, around: Surroundings): Added {
  const made = new Map<string, Made>();
  const steps: string[] = [];
  const awaited = new Set<string>();
  for (const node of frame.flow.nodes.values()) {
    const { exits: awaits, fragile } = needsOf(node, made, around);
    for (const name of awaits) awaited.add(name);
    try {
      const one = addNode(frame, node, { ...around, entry: awaits, needed: fragile });
      steps.push(...one.steps);
      made.set(node.address, one);
    } catch (error) {
      if (!(error instanceof RcmError)) throw error;
      for (const problem of error instanceof Problems ? error.problems : [error])
        around.draft.refuse(problem.where ? problem : placed(problem, node));
      made.set(node.address, { exits: awaits, fragile });
    }
  }
  const exits = steps.filter((name) => !awaited.has(name));
  const fragile = [...made.values()].flatMap((one) => one.fragile);
  return { steps, exits, fragile: fragile.filter(({ name }) => !awaited.has(name)) };
}

function placed(problem: RcmError, { span }: Node): RcmError {
  return problemAt(span, problem.message, problem.hint);
}

function needsOf({ needs }: Node, made: ReadonlyMap<string, Made>, around: Surroundings): Made {
  if (needs.length === 0) return { exits: around.entry, fragile: around.needed };
  const all = needs.flatMap((need) => made.get(need) ?? []);
  const fragile = new Map(all.flatMap((one) => one.fragile).map((one) => [one.name, one]));
  return { exits: [...new Set(all.flatMap(({ exits }) => exits))], fragile: [...fragile.values()] };
}

/** @param around with what this node awaits as `entry`, and what may cancel it as `needed` */
function addNode(frame: NestedFrame, node: Node, around: Surroundings): Added {
  if (!runsHere(frame, node.own)) {
    frame.absent.add(node.address);
    return { steps: [], exits: around.entry, fragile: around.needed };
  }
  if (node.type.kind === "flow") return addFlow(frame, node, node.type, around);
  if (node.type.kind === "runbook") return addRunbook(frame, node, node.type, around);
  return addStep(frame, node, node.type, around);
}

function addStep(
  frame: NestedFrame,
  node: Node,
  { definition }: ModuleTask | TemplateTask,
  { draft, entry, needed, conditions: outer, become }: Surroundings,
): Added {
  const name = stepName(frame, node);
  const conditions = conditionsOf(outer, frame, node.own);
  const call = Object.freeze({ definition, options: Object.freeze(optionsOf(frame, node)) });
  const secrets = new Set([
    ...secretsIn(frame, expressionsOf(node)),
    ...outer.when.flatMap((one) => secretsIn(one.frame, [one.value.value])),
    ...outer.depends.flatMap((one) => secretsIn(one.frame, [one.value])),
  ]);
  const options = {
    await: entry,
    when: whenOf(conditions, needed),
    retry: retryFor(frame, node.own),
    deadline: deadlineOf(frame, node.own),
    become: becomeOf(frame, node.own) ?? become,
    secrets: secrets.size === 0 ? undefined : [...secrets],
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const place = (option: string): ReturnType<typeof positionOf> | undefined => {
    const arg = node.args.get(node.type.kind === "template" && option === "content" ? "source" : option);
    return arg && positionOf(arg.span);
  };
  draft.stepAt({ step: positionOf(node.span), option: place }, name, call, given as StepOptions);
  const isFragile = conditions.depends.length > 0 || needed.length > 0;
  return { steps: [name], exits: [name], fragile: isFragile ? [{ name, conditions }] : [] };
}

function addFlow(frame: NestedFrame, node: Node, type: FlowTask, around: Surroundings): Added {
  for (const arg of [node.own.retry, node.own.timeout]) {
    if (!arg) continue;
    const hint = "Give it to the tasks of that flow";
    throw problemAt(arg.span, `"${arg.name}" cannot be given to a task that runs a flow`, hint);
  }
  const inner = enterFlow(frame, node, type, around);
  frame.inner.set(node.address, inner);
  const added = addSteps(inner.frame, {
    ...around,
    conditions: conditionsOf(around.conditions, frame, node.own),
    become: becomeOf(frame, node.own) ?? around.become,
  });
  return added.steps.length === 0 ? { steps: [], exits: around.entry, fragile: around.needed } : added;
}

function addRunbook(frame: NestedFrame, node: Node, { runbook }: RunbookTask, around: Surroundings): Added {
  const { when, retry, timeout, become, conditions } = node.own;
  const [odd] = [when, retry, timeout, become].flatMap((arg) => arg ?? []);
  if (odd) throw problemAt(odd.span, `"${odd.name}" cannot be given to a task that runs a runbook`);
  if (conditions[0] || around.needed.length > 0 || around.conditions.when.length > 0)
    throw problemAt(conditions[0] ?? node.span, "A task that runs a runbook cannot have conditions");
  const name = stepName(frame, node);
  const params = Object.fromEntries(
    [...node.args.values()].map(({ name: param, span, value }) => {
      if (!frame.isKnown(value))
        throw problemAt(
          span,
          `"${param}" must be known before the run: it is a param of the runbook "${runbook.name}"`,
        );
      return [param, plainOf(frame.planned(value), value)];
    }),
  );
  const where = positionOf(node.span);
  const handle = around.draft.graftAt(where, name, runbook, { await: around.entry, params });
  frame.grafted.set(name, handle);
  return { steps: [name], exits: [name], fragile: [] };
}
