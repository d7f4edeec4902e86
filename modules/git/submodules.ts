import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";
import { environment, NO_GIT } from "./repository.ts";

/** The submodules are where the clone wants them. */
export function submodulesOf(wanted: Options): Property {
  const { dest, force, depth, trackSubmodules } = wanted;
  const words = [
    "--init",
    "--recursive",
    ...(force ? ["--force"] : []),
    ...(depth === undefined ? [] : ["--depth", String(depth)]),
    ...(trackSubmodules ? ["--remote"] : []),
  ];
  return {
    probe: trackSubmodules
      ? tracked(wanted)
      : sh.lines(
          NO_GIT,
          sh`if ! [ -e ${`${dest}/.gitmodules`} ]; then echo current; exit 0; fi
n=$(git -C ${dest} submodule status --recursive | grep -c '^[-+U]')
if [ "$n" = 0 ]; then echo current; else echo "$n to update"; fi`,
        ),
    want: "current",
    apply: sh.lines(
      environment(wanted),
      sh`git -C ${dest} submodule --quiet sync --recursive
git -C ${dest} submodule --quiet update ${words}`,
    ),
  };
}

/** Submodules that are not where their own repository's branch is. */
function tracked(wanted: Options): Script {
  const { dest } = wanted;
  return sh.lines(
    NO_GIT,
    sh`if ! [ -e ${`${dest}/.gitmodules`} ]; then echo current; exit 0; fi`,
    environment(wanted),
    sh`if git -C ${dest} submodule status | grep -q '^-'; then echo "not there yet"; exit 0; fi
n=$(git -C ${dest} submodule --quiet foreach 'b=$(git config -f "$toplevel/.gitmodules" "submodule.$name.branch") || b=HEAD
[ "$b" = HEAD ] || b=refs/heads/$b
[ "$(git ls-remote origin "$b" | cut -f 1)" = "$(git rev-parse HEAD)" ] || echo "$name"' | grep -c .)
if [ "$n" = 0 ]; then echo current; else echo "$n to update"; fi`,
  );
}
