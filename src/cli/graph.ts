import { preparePlan } from "../embed/prepare.ts";
import { requestOf } from "../embed/request.ts";
import { inventorySources } from "../embed/sources.ts";
import { ordered } from "../plan/graph.ts";
import { type HostPlan, stepsOf } from "../plan/plan.ts";
import { drawGraph, type GraphFormat, type GraphStep } from "../report/graph.ts";
import { printText } from "../report/print.ts";
import { EXIT } from "./exit.ts";
import { type Flags, planOptions } from "./options.ts";

/** `rcm graph`: the steps of each different plan, drawn once. */
export async function graph(file: string, flags: Flags): Promise<number> {
  const format = flags.format as GraphFormat;
  const { inventory, ...options } = await planOptions(flags);
  const sources = inventorySources(inventory);
  const request = requestOf(file, sources, options);
  const { plan } = await preparePlan({ runbook: file, sources, request, connection: {} });
  const drawings = new Map<string, string[]>();
  for (const host of plan.hosts) {
    const drawing = drawGraph(stepsIn(host), format);
    drawings.set(drawing, [...(drawings.get(drawing) ?? []), host.host.name]);
  }
  for (const [drawing, hosts] of drawings)
    printText(
      drawings.size === 1 ? drawing : `${comment(format)} ${hosts.join(", ")}\n${drawing}`,
      process.stdout,
    );
  return EXIT.ok;
}

function stepsIn(plan: HostPlan): GraphStep[] {
  const steps = new Map(stepsOf(plan).map((step) => [step.id, step]));
  return ordered([...steps.values()]).flatMap((id) => {
    const step = steps.get(id);
    return step ? [{ id, module: step.call.definition.name, needs: step.needs }] : [];
  });
}

function comment(format: GraphFormat): string {
  return { text: "#", mermaid: "%%", dot: "//" }[format];
}
