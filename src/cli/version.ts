import { readFileSync } from "node:fs";

/** rcm's own version. */
export function version(): string {
  // From dist/src/cli, or from src/cli where the sources run themselves.
  for (const up of ["../../../package.json", "../../package.json"]) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8")) as {
        name: string;
        version: string;
      };
      if (name === "rcm") return version;
    } catch {
      // not there
    }
  }
  throw new Error("rcm's package.json is missing");
}
