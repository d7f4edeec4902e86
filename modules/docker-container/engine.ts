import { type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** What is missing may come with a step before: a dry run goes on. */
export function probing({ engine }: Options, otherwise: string, probe: Script): Script {
  return sh.lines(
    sh`e=${engine === "auto" ? "" : engine}; [ -n "$e" ] || e=$(command -v docker || command -v podman)`,
    sh`if ! command -v "\${e:-none}" >/dev/null; then echo ${otherwise}; exit 0; fi`,
    // Without an answer from the engine, everything would look as if it were absent.
    sh`"$e" info >/dev/null 2>/dev/null || { "$e" info 2>&1 | tail -n 1 >&2; exit 126; }`,
    probe,
  );
}

/** Does it with the engine. */
export function applying({ engine }: Options, apply: Script): Script {
  return sh.lines(
    sh`e=${engine === "auto" ? "" : engine}; [ -n "$e" ] || e=$(command -v docker || command -v podman) || :`,
    sh`command -v "\${e:-none}" >/dev/null || { echo "there is no "\${e:-docker or podman}" on the host: install it first" >&2; exit 1; }`,
    apply,
  );
}
