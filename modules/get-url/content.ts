import { findTool, type Property, sh } from "../../src/index.ts";
import { bring } from "./bring.ts";
import { byPresence, byServer, bySum } from "./look.ts";
import type { Wanted } from "./options.ts";
import { parse, shown } from "./state.ts";

/** The file is what is to be downloaded. */
export function content(wanted: Wanted): Property {
  const { checksum, force, dest } = wanted;
  const look = checksum ? bySum(wanted, checksum) : force ? byServer(wanted) : byPresence(wanted);
  const odd = sh`if [ -d ${dest} ]; then echo ${dest}" is a directory" >&2; exit 126; elif [ -f ${dest} ] && ! [ -r ${dest} ]; then echo ${dest}": permission denied" >&2; exit 126; fi`;
  const tool = wanted.from === "controller" ? sh`rcm_tool=none` : findTool(wanted.url, wanted);
  return {
    ...look,
    probe: sh.lines(odd, tool, look.probe),
    apply: (was, want) => bring(wanted, parse(was), parse(want)),
    show: { text: false, value: (state) => shown(parse(state).is, checksum?.algorithm ?? "sha256") },
  };
}
