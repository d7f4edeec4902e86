import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OWN_ROOT } from "../../util/own-root.ts";

const FILES = new Map([
  ["bash", "rcm.bash"],
  ["zsh", "_rcm"],
  ["fish", "rcm.fish"],
]);

/** The script that ties completion to a shell; undefined for a shell that there is none for. */
export function completionScript(shell: string): string | undefined {
  const file = FILES.get(shell);
  return file === undefined ? undefined : readFileSync(join(OWN_ROOT, "completion", file), "utf8");
}
