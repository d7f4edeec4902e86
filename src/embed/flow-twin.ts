import type { OwnExports } from "../flow/convert/file.ts";
import { twinOf } from "../flow/convert/twin.ts";
import * as ofFlows from "../flow/typescript/index.ts";
import { isModule } from "../module/define.ts";
import { type FlowOrigin, newMoment, openFlow } from "./flow-site.ts";
import { ownModules } from "./own-modules.ts";

/**
 * The runbook in TypeScript that makes the same steps as a flow.
 *
 * @param folder where its file will lie
 * @throws RcmError or Problems, each with its place, for a broken flow and for what has no counterpart
 */
export async function twinFrom(origin: FlowOrigin, folder: string): Promise<string> {
  const { flow, library } = await openFlow(origin, newMoment());
  return twinOf(flow, library, { folder, own: await ownExports() });
}

async function ownExports(): Promise<OwnExports> {
  const own = await ownModules();
  const sources = { "rcm/modules": own["rcm/modules"], "rcm/flow": ofFlows };
  const found = Object.entries(sources).flatMap(([from, exports]) =>
    Object.entries(exports).flatMap(([name, value]) =>
      isModule(value) ? [[value.definition, { from, name }] as const] : [],
    ),
  );
  return new Map(found);
}
