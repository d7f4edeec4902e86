import { preparePlan } from "../embed/prepare.ts";
import { requestOf } from "../embed/request.ts";
import { inventorySources } from "../embed/sources.ts";
import { ordered } from "../plan/graph.ts";
import { type HostPlan, stepsOf } from "../plan/plan.ts";
import { drawGraph, type GraphFormat } from "../report/graph.ts";
import type { GraphStep } from "../report/graph-step.ts";
import { printText } from "../report/print.ts";
import { EXIT } from "./exit.ts";
import { isFlowWord, originFor } from "./flow.ts";
import { type Flags, planOptions } from "./options.ts";

/** `rcm graph`: the steps of each different plan, drawn once. */
export async function graph(file: string, flags: Flags): Promise<number> {
  const format = flags.format as GraphFormat;
  const drawings = isFlowWord(file)
    ? new Map([[drawGraph(await stepsOfFlow(file), format), [] as string[]]])
    : await drawingsOf(file, flags, format);
  for (const [drawing, hosts] of drawings)
    printText(
      drawings.size === 1 ? drawing : `${comment(format, hosts.join(", "))}\n${drawing}`,
      process.stdout,
    );
  return EXIT.ok;
}

/** A flow's graph follows from what is written in it: it is drawn without variables, hosts, and what else a run needs. */
async function stepsOfFlow(file: string): Promise<readonly GraphStep[]> {
  const { newMoment, openFlow } = await import("../embed/flow-site.ts");
  const { graphOf } = await import("../flow/graph.ts");
  const { flow, library } = await openFlow(await originFor(file), newMoment());
  return graphOf(flow, library);
}

async function drawingsOf(
  file: string,
  flags: Flags,
  format: GraphFormat,
): Promise<ReadonlyMap<string, string[]>> {
  const { inventory, ...options } = await planOptions(flags);
  const sources = inventorySources(inventory);
  const request = requestOf(file, sources, options);
  const { plan } = await preparePlan({ runbook: file, sources, request, connection: {} });
  const drawings = new Map<string, string[]>();
  for (const host of plan.hosts) {
    const drawing = drawGraph(stepsIn(host), format);
    drawings.set(drawing, [...(drawings.get(drawing) ?? []), host.host.name]);
  }
  return drawings;
}

function stepsIn(plan: HostPlan): GraphStep[] {
  const steps = new Map(stepsOf(plan).map((step) => [step.id, step]));
  return ordered([...steps.values()]).flatMap((id) => {
    const step = steps.get(id);
    return step ? [{ id, module: step.call.definition.name, needs: step.needs }] : [];
  });
}

function comment(format: GraphFormat, text: string): string {
  if (format === "svg") return `<!-- ${text.replaceAll("--", "- -")} -->`;
  return `${{ text: "#", mermaid: "%%", dot: "//" }[format]} ${text}`;
}
