import { printText } from "../../report/print.ts";
import { EXIT } from "../exit.ts";
import { completionScript } from "./script.ts";

/** `rcm completion SHELL`; bin/rcm.js mostly answers it by itself, which is quicker. */
export async function completion(shell: string): Promise<number> {
  printText(completionScript(shell) ?? "", process.stdout);
  return EXIT.ok;
}
