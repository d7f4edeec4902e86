import { download, fetchTo, placeMade, type Script, sh } from "../../src/index.ts";
import { verified } from "./checksum.ts";
import { toDownload } from "./look.ts";
import type { Wanted } from "./options.ts";
import type { State } from "./state.ts";

/** Downloads it, checks it and puts it in place. */
export async function bring(wanted: Wanted, { tool }: State, { is }: State): Promise<Script> {
  const { url, from, checksum } = wanted;
  const check = checksum && verified(checksum.algorithm, is);
  if (tool === "none" && from === "host") {
    throw new Error(
      "the host has neither curl nor wget that could download this: install one, or leave out from: host",
    );
  }
  const write =
    tool === "none"
      ? sh.lines(sh`cat ${await download(toDownload(wanted, url))} >"$t"`, check)
      : sh.lines(
          sh`rcm_tool=${tool}`,
          checksum && wanted.resume
            ? resumed(wanted, checksum.algorithm, is)
            : fetchTo(sh`"$t"`, url, wanted),
          check,
        );
  return placeMade({ ...wanted, write });
}

/** The parts lie in a private folder, whose name must be the same the next time. */
function resumed(wanted: Wanted, algorithm: string, hash: string): Script {
  const { url } = wanted;
  const sum = sh`[ "$(${sh.raw(algorithm)}sum <"$p/part" | cut -d' ' -f1)" = ${hash} ]`;
  return sh`p="\${d%/*}"/${`.rcm-part-${hash.slice(0, 32)}`}
mkdir -m 700 "$p" 2>/dev/null || { [ -d "$p" ] && ! [ -L "$p" ] && [ -O "$p" ]; } || { echo "$p is not ours" >&2; exit 1; }
if ! { [ -f "$p/part" ] && ${sum}; }; then
r=0; ${fetchTo(sh`"$p/part"`, url, wanted, true)} || r=$?
# The server cannot go on there.
case $rcm_tool$r in curl22 | curl33 | curl36 | wget8 | busybox[1-9]*) if [ -f "$p/part" ]; then rm "$p/part"; r=0; ${fetchTo(sh`"$p/part"`, url, wanted)} || r=$?; fi ;; esac
[ $r = 0 ] || exit $r
fi
mv "$p/part" "$t"; rmdir "$p"`;
}
