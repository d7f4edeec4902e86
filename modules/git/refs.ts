import { type Property, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";
import { ask, at, environment, NEED_GIT, NO_GIT, prepare } from "./repository.ts";

/** All branches and tags, by how many of them are not as in the repository. */
export function refs(wanted: Options): Property {
  const { dest, repo, remote, update } = wanted;
  return {
    probe: sh.lines(
      NO_GIT,
      sh`if ! [ -e ${`${dest}/HEAD`} ]; then echo absent; exit 0; fi`,
      !update && sh`echo "as in the repository"; exit 0`,
      environment(wanted),
      sh`${ask(sh`--heads --tags --refs -- ${repo}`)}
m=$(${at(wanted)} for-each-ref --format='%(objectname)%09%(refname)' refs/heads refs/tags)
n=$(printf '%s\\n' "$l" | sed -n '/^[0-9a-f]\\{40,\\}[[:space:]]/p' | { while read -r i; do case "
$m
" in *"
$i
"*) ;; *) echo "$i" ;; esac; done; } | grep -c .)
if [ "$n" = 0 ]; then echo "as in the repository"; else echo "$n refs behind"; fi`,
    ),
    want: "as in the repository",
    apply: sh.lines(
      NEED_GIT,
      environment(wanted),
      prepare(wanted),
      sh`${at(wanted)} fetch -q --force --refmap= ${remote} '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'
h=$(git ls-remote --symref -- ${repo} HEAD | sed -n 's/^ref: \\([^[:space:]]*\\).*/\\1/p')
[ -z "$h" ] || ${at(wanted)} symbolic-ref HEAD "$h"
trap - EXIT`,
    ),
  };
}
