import { extname } from "node:path";
import type { FlowOrigin } from "../embed/flow-site.ts";
import type { Runnable } from "../embed/options.ts";
import { RcmError } from "../errors.ts";

/** What a word of the command line names: a file, or with `-` the flow that standard input holds. */
export async function runnableFor(file: string): Promise<Runnable> {
  if (file !== "-") return file;
  const { newMoment, openFlow } = await import("../embed/flow-site.ts");
  return (await openFlow(await originFor(file), newMoment())).runbook;
}

/** Is it a flow, rather than a runbook in TypeScript? */
export function isFlowWord(file: string): boolean {
  return file === "-" || extname(file) === ".hcl";
}

/** Where the flow comes from that a word of the command line names. */
export async function originFor(file: string): Promise<FlowOrigin> {
  if (file !== "-") return { file };
  const { buffer } = await import("node:stream/consumers");
  return { text: textOf(await buffer(process.stdin)), name: "<stdin>" };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RcmError("Standard input is not UTF-8 text", { code: "flow" });
  }
}
