import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";
import { at, environment, NEED_GIT, NO_GIT, prepare, target } from "./repository.ts";

/** The commit that is checked out, where it is not the one that is wanted. */
export function version(wanted: Options): Property {
  const { version: name, dest, force, update } = wanted;
  const dirty = sh`if [ -n "$(${at(wanted)} status --porcelain --untracked-files=no --ignore-submodules)" ]; then d=", with local changes"; fi`;
  return {
    probe: sh.lines(
      NO_GIT,
      sh`if ! [ -e ${`${dest}/.git`} ]; then echo absent; exit 0; fi
h=$(${at(wanted)} rev-parse -q --verify HEAD) || h=`,
      update
        ? sh.lines(environment(wanted), target(wanted))
        : sh`if [ -n "$h" ]; then echo ${name}; exit 0; fi; s=none`,
      sh`d=`,
      force && dirty,
      sh`if [ "$h$d" = "$s" ]; then echo ${name}; elif [ -z "$h" ]; then echo "no commit"; elif [ "$h" = "$s" ]; then echo ${name}"$d"; else printf '%.12s (%s is %.12s)%s\\n' "$h" ${name} "$s" "$d"; fi`,
    ),
    want: name,
    apply: sh.lines(
      NEED_GIT,
      environment(wanted),
      prepare(wanted),
      target(wanted),
      fetch(wanted),
      checkout(wanted),
    ),
  };
}

function fetch(wanted: Options): Script {
  const { remote, depth, singleBranch, refspec } = wanted;
  const few = depth === undefined ? [] : ["--depth", String(depth)];
  const one = sh`case $r in
refs/heads/*) ${at(wanted)} fetch -q --no-tags ${few} ${remote} "+$r:refs/remotes/"${remote}"/\${r#refs/heads/}" ;;
refs/tags/*) ${at(wanted)} fetch -q --no-tags ${few} ${remote} "+$r:$r" ;;
*) ${at(wanted)} fetch -q --no-tags ${few} ${remote} "$s" ;;
esac`;
  const all = sh`${at(wanted)} fetch -q --tags --force ${remote}`;
  return sh.lines(
    singleBranch || depth !== undefined ? one : all,
    refspec !== undefined && sh`${at(wanted)} fetch -q ${few} ${remote} ${refspec}`,
    sh`${at(wanted)} cat-file -e "$s^{commit}" 2>/dev/null || ${at(wanted)} fetch -q ${few} ${remote} "$s"`,
  );
}

/** A branch is checked out as one of that name which follows the remote's; anything else as a detached commit. */
function checkout(wanted: Options): Script {
  const { remote, force, dest } = wanted;
  const work = at(wanted);
  return sh`h=$(${at(wanted)} rev-parse -q --verify HEAD) || h=
${
  force
    ? sh`[ -z "$h" ] || ${work} reset -q --hard`
    : sh`if [ -n "$h" ] && [ -n "$(${work} status --porcelain --untracked-files=no --ignore-submodules)" ]; then
echo "there are local changes in "${dest}": commit them or take them back, or set force" >&2; exit 1; fi`
}
case $r in
refs/heads/*)
b=\${r#refs/heads/}
o=$(${at(wanted)} rev-parse -q --verify "refs/heads/$b") || o=
${
  force
    ? sh`:`
    : sh`if [ -n "$o" ] && [ "$(${at(wanted)} rev-parse --is-shallow-repository)" = false ] && ! ${at(wanted)} merge-base --is-ancestor "$o" "$s"; then
echo "the branch $b in "${dest}" has commits that "${remote}" has not: set force to drop them" >&2; exit 1; fi`
}
${work} checkout -q ${force ? ["--force"] : []} -B "$b" "$s"
${at(wanted)} config "branch.$b.remote" ${remote}; ${at(wanted)} config "branch.$b.merge" "$r" ;;
*) ${work} checkout -q ${force ? ["--force"] : []} --detach "$s" ;;
esac
trap - EXIT`;
}
