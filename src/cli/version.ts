import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OWN_ROOT } from "../util/own-root.ts";

/** rcm's own version. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(join(OWN_ROOT, "package.json"), "utf8")) as { version: string };
  return version;
}
