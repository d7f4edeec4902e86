import { preparePlan } from "../embed/prepare.ts";
import { requestOf } from "../embed/request.ts";
import { inventorySources } from "../embed/sources.ts";
import { plural } from "../report/plural.ts";
import { printText } from "../report/print.ts";
import { EXIT } from "./exit.ts";
import { runnableFor } from "./flow.ts";
import { type Flags, planOptions } from "./options.ts";

/** `rcm validate FILE`: everything that is checked before a host is touched, for both languages. */
export async function validate(file: string, flags: Flags): Promise<number> {
  const { inventory, ...options } = await planOptions(flags);
  const sources = inventorySources(inventory);
  const runbook = await runnableFor(file);
  const request = requestOf(runbook, sources, options);
  const { plan } = await preparePlan({ runbook, sources, request, connection: {} });
  const steps = Math.max(0, ...plan.hosts.map(({ parts }) => parts.flatMap((part) => part.steps).length));
  printText(
    `${plan.name} is valid: ${plural(steps, "step")} on ${plural(plan.hosts.length, "host")}\n`,
    process.stdout,
  );
  return EXIT.ok;
}
