import { type RunHost, sh } from "../../src/index.ts";
import { drained } from "./drained.ts";
import { greeting } from "./greeting.ts";
import { lineOf } from "./line.ts";
import type { Options } from "./options.ts";

/** What looks whether it is there: the line that was found, an empty text where none was wanted, undefined for no. */
export async function lookout(wanted: Options, host: RunHost): Promise<() => Promise<string | undefined>> {
  const { port, host: at = "127.0.0.1", path: file = "", search, searchFrom, connectTimeout } = wanted;
  if (wanted.state === "drained") return () => drained(wanted, host);
  if (port !== undefined && search !== undefined) return () => greeting(wanted, search, host);
  if (port !== undefined)
    return async () => ((await host.reaches(at, port, connectTimeout)) ? "" : undefined);
  if (search === undefined) return () => lineOf(host, sh`test -e ${file}`);
  if (searchFrom === "start")
    return () => lineOf(host, sh`test -e ${file} && grep -E -m 1 -e ${search} -- ${file}`);
  const known = sh`stat -L -c '%d:%i %s' -- ${file} 2>/dev/null`;
  const { stdout: start } = await host.exec(sh`${known} || :`);
  const [inode = "", size = ""] = start.trim().split(" ");
  return () =>
    lineOf(
      host,
      sh`n=$(${known}) || exit 1; s=${size || "0"}
b=1; if [ "\${n% *}" = ${inode} ] && [ "\${n#* }" -ge "$s" ]; then b=$((s + 1)); fi
tail -c "+$b" -- ${file} | grep -E -m 1 -e ${search}`,
    );
}
