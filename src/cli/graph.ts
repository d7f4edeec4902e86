import { dirname, resolve } from "node:path";
import { localSide } from "../module/local-side.ts";
import { buildPlan } from "../plan/build.ts";
import { ordered } from "../plan/graph.ts";
import { type HostPlan, stepsOf } from "../plan/plan.ts";
import { drawGraph, type GraphFormat, type GraphStep } from "../report/graph.ts";
import { printText } from "../report/print.ts";
import { loadRunbook } from "../runbook/load.ts";
import { EXIT } from "./exit.ts";
import { ownModules } from "./own-modules.ts";
import { collectParams } from "./params.ts";
import { inventoryFrom, inventorySources } from "./sources.ts";

/** `rcm graph`: the steps of each different plan, drawn once. */
export async function graph(file: string, flags: Readonly<Record<string, unknown>>): Promise<number> {
  const format = flags.format as GraphFormat;
  const plan = await buildPlan({
    site: await loadRunbook(file, await ownModules()),
    file: resolve(file),
    inventory: await inventoryFrom(inventorySources(flags), {}),
    limit: flags.limit as string | undefined,
    params: await collectParams(
      (flags.var as string[] | undefined) ?? [],
      (flags.varFile as string[] | undefined) ?? [],
      process.env,
    ),
    local: localSide(dirname(resolve(file))),
  });
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
