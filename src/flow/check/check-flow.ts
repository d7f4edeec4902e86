import type { RcmError } from "../../errors.ts";
import { didYouMean } from "../../util/nearest.ts";
import type { Flow, Node } from "../flow.ts";
import type { Block, Body } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { positionOf, type Span, textOf } from "../syntax/source.ts";
import { checkNode } from "./check-node.ts";
import { checkVariable } from "./check-variable.ts";
import type { FlowWorld } from "./flow-world.ts";
import { linkNodes } from "./link.ts";
import { collecting } from "./problems.ts";

/** The kinds of blocks in a flow, and how many labels each has. */
const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  task: ["type", "name"],
  variable: ["name"],
  import: [],
  output: ["name"],
};

/** Finds the one flow of a file; tells of everything else that stands beside it. */
export function findFlow(body: Body, problems: RcmError[]): Block | undefined {
  for (const attribute of body.attributes.values()) {
    problems.push(
      problemAt(
        attribute,
        `The argument "${attribute.name}" stands outside of the flow; expected only a flow block`,
      ),
    );
  }
  const flows = body.blocks.filter(({ type }) => type === "flow");
  for (const block of body.blocks) {
    if (block.type === "flow") continue;
    const hint = BLOCKS[block.type] ? "It belongs into the flow block" : undefined;
    const near = didYouMean(block.type, ["flow"]);
    problems.push(problemAt(block, `Expected a flow block, found "${block.type}"${near}`, hint));
  }
  const [flow, second] = flows;
  if (!flow)
    problems.push(
      problemAt({ source: body.source, start: 0, end: 0 }, 'Expected a flow block: flow "NAME" { … }'),
    );
  else if (second) {
    const { line } = positionOf(flow);
    problems.push(problemAt(second, `A file has one flow; the first one is in line ${line}`));
  }
  if (flow) checkLabels(flow, ["name"], problems);
  return flow;
}

/** Checks what stands in a flow, as far as that can be known without its variables. */
export function checkFlow(block: Block, world: FlowWorld, problems: RcmError[]): Flow {
  for (const { name, nameSpan } of block.body.attributes.values()) {
    problems.push(problemAt(nameSpan, `A flow has no argument "${name}"; expected ${kindList()} blocks`));
  }
  const known = block.body.blocks.filter((one) => isKnown(one, problems));
  const ofType = (type: string): Block[] => known.filter((one) => one.type === type);
  const variables = unique(
    ofType("variable"),
    ({ labels }) => `variable "${labels[0]?.text}"`,
    problems,
  ).flatMap((one) => collecting(problems, () => checkVariable(one, world.functions, problems)));
  const tasks = unique(
    [...ofType("task"), ...ofType("output")],
    ({ type, labels }) => `${type} ${labels.map(({ text }) => `"${text}"`).join(" ")}`,
    problems,
  );
  const drafts = inFileOrder(tasks).flatMap((one) =>
    collecting(problems, () => checkNode(one, world, problems)),
  );
  const byName = new Map(variables.map((one) => [one.name, one]));
  const nodes: ReadonlyMap<string, Node> = linkNodes(drafts, new Set(byName.keys()), problems);
  const name = block.labels[0]?.text ?? "flow";
  return {
    name,
    file: block.source.file,
    body: block.body,
    span: block,
    variables: byName,
    functions: world.functions,
    nodes,
  };
}

function kindList(): string {
  return Object.keys(BLOCKS).join(", ");
}

function isKnown(block: Block, problems: RcmError[]): boolean {
  const labels = BLOCKS[block.type];
  if (labels) return checkLabels(block, labels, problems);
  const hint = block.type === "flow" ? "A flow within a flow is a task of type flow_run" : undefined;
  problems.push(
    problemAt(
      typeSpan(block),
      `A flow has no block "${block.type}"${didYouMean(block.type, Object.keys(BLOCKS)) || `; expected ${kindList()}`}`,
      hint,
    ),
  );
  return false;
}

function typeSpan(block: Block): Span {
  return { source: block.source, start: block.start, end: block.start + block.type.length };
}

/** Reports a block with too few, too many or impossible labels. */
function checkLabels(block: Block, wanted: readonly string[], problems: RcmError[]): boolean {
  const { labels, type } = block;
  const shape = [type, ...wanted.map((label) => `"${label.toUpperCase()}"`)].join(" ");
  if (labels.length !== wanted.length) {
    const place = labels[wanted.length] ?? block;
    problems.push(
      problemAt(place, `Expected ${shape} { … }, found ${labels.length} labels in ${textOf(block)}`),
    );
    return false;
  }
  for (const label of labels) {
    if (label.text !== "" && !/[\0-\x1f/]/.test(label.text)) continue;
    problems.push(
      problemAt(
        label,
        `A ${type} cannot be named ${JSON.stringify(label.text)}; expected text without "/" and control characters`,
      ),
    );
    return false;
  }
  return true;
}

/** The first block of each name; the others are told of. */
function unique(blocks: readonly Block[], nameOf: (block: Block) => string, problems: RcmError[]): Block[] {
  const first = new Map<string, Block>();
  for (const block of blocks) {
    const name = nameOf(block);
    const before = first.get(name);
    if (!before) first.set(name, block);
    else {
      const { line } = positionOf(before);
      problems.push(problemAt(block, `There is ${name} already, in line ${line}; expected each once`));
    }
  }
  return [...first.values()];
}

function inFileOrder(blocks: readonly Block[]): Block[] {
  return blocks.toSorted((a, b) => a.start - b.start);
}
