import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { twinFrom } from "../embed/flow-twin.ts";
import { messageOf, RcmError } from "../errors.ts";
import { printText } from "../report/print.ts";
import { EXIT } from "./exit.ts";
import { originFor } from "./flow.ts";
import type { Flags } from "./options.ts";

/** `rcm convert FLOW --to ts`: prints the runbook, or writes it to a new file. */
export async function convert(file: string, { output }: Flags): Promise<number> {
  const target = typeof output === "string" ? resolve(output) : undefined;
  const folder =
    target !== undefined ? dirname(target) : file === "-" ? process.cwd() : dirname(resolve(file));
  const text = await twinFrom(await originFor(file), folder);
  if (target === undefined) printText(text, process.stdout);
  else await writeNew(target, text);
  return EXIT.ok;
}

/** A file that is there may have been worked on since it was written. */
async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "EEXIST" ? "it is there already" : messageOf(cause);
    throw new RcmError(`Cannot write "${file}": ${why}`, { code: "usage", cause });
  });
}
