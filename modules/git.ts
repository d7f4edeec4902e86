import { defineModule, type Property, path, type Script, sh, text, z } from "../src/index.ts";

const word = text.regex(/^[^-\s~^:?*[\\][^\s~^:?*[\\]*$/, "wanted the name of a branch or tag, or a commit");
const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

const options = z
  .strictObject({
    repo: text
      .regex(/^(?:\/|[^-/:][^/:]*:)/, "wanted an address that git knows, or an absolute path")
      .describe("where the repository is: an address that git knows, or a path on the host"),
    dest: path.describe("the folder that it is cloned into"),
    version: word
      .default("HEAD")
      .describe("a branch, a tag or a whole commit id; `HEAD`: the repository's own branch"),
    remote: word.default("origin").describe("name of the remote"),
    depth: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe("fetch no more than so many commits of the history; local commits are then not looked after"),
    singleBranch: z.boolean().default(false).describe("fetch nothing but what `version` names"),
    refspec: text
      .regex(/^[^-\s]\S*$/, "wanted a refspec such as +refs/pull/*:refs/remotes/origin/pull/*")
      .optional()
      .describe("something else to fetch, for a commit that no branch or tag leads to"),
    force: z
      .boolean()
      .default(false)
      .describe("throw away local changes of tracked files, and local commits, that are in the way"),
    update: z.boolean().default(true).describe("false: leave a clone that is there at its version"),
    bare: z.boolean().default(false).describe("a clone without working files: all branches and tags"),
    submodules: z.boolean().default(true).describe("clone and update submodules, too"),
    trackSubmodules: z
      .boolean()
      .default(false)
      .describe("submodules follow their own branches instead of the commits that are recorded"),
    keyFile: path.optional().describe("private SSH key on the host"),
    acceptNewHostKey: z
      .boolean()
      .default(false)
      .describe("trust the key of an SSH server that is not known yet"),
    sshOptions: z
      .array(text.regex(/^[A-Za-z]+[ =]\S/, "wanted an option of ssh such as Port=2222"))
      .default([])
      .describe("options for ssh, as in its configuration: `Port=2222`"),
  })
  .refine(
    ({ bare, force, version, depth, trackSubmodules, refspec, singleBranch }) =>
      !bare || !(force || version !== "HEAD" || depth || trackSubmodules || refspec || singleBranch),
    "bare clones all branches and tags: version, depth, singleBranch, refspec, force and trackSubmodules do not go with it",
  )
  .refine(
    ({ submodules, trackSubmodules }) => submodules || !trackSubmodules,
    "trackSubmodules requires submodules",
  );

type Options = z.output<typeof options>;

/** Clones and updates git repositories. */
export const git = defineModule({
  name: "git",
  category: "Files",
  summary: "Clones a git repository, and brings the clone to a branch, tag or commit.",
  example: 'git({ repo: "https://github.com/me/app.git", dest: "/srv/app", version: "v1.2" })',
  options,
  properties: (wanted) => {
    const { bare, submodules, remote, repo } = wanted;
    return {
      ...(bare ? { refs: refs(wanted) } : { version: version(wanted) }),
      remote: {
        probe: sh`command -v git >/dev/null || exit 0; ${at(wanted)} config --get ${`remote.${remote}.url`} 2>/dev/null || :`,
        want: repo,
        apply: sh`${at(wanted)} remote set-url ${remote} ${repo}`,
      },
      ...(submodules && !bare ? { submodules: submodulesOf(wanted) } : {}),
    };
  },
});

function at({ dest, bare }: Options): Script {
  return sh`git -C ${dest} ${bare ? ["--git-dir=."] : []}`;
}

/** Git must not wait for somebody who types a password. */
function environment({ keyFile, acceptNewHostKey, sshOptions }: Options): Script {
  const ssh = sh`ssh -o BatchMode=yes ${[
    ...(keyFile === undefined ? [] : ["-i", keyFile, "-o", "IdentitiesOnly=yes"]),
    ...(acceptNewHostKey ? ["-o", "StrictHostKeyChecking=accept-new"] : []),
    ...sshOptions.flatMap((option) => ["-o", option]),
  ]}`;
  return sh`export GIT_TERMINAL_PROMPT=0 LC_ALL=C GIT_SSH_COMMAND=${ssh.text}`;
}

/** Puts what the repository has into `l`; of git's many lines when it cannot, the last one tells why. */
function ask(words: Script): Script {
  return sh`l=$(git ls-remote ${words} 2>&1) || { printf '%s\n' "$l"; printf '%s\n' "$l" | grep -E '^(fatal|ERROR|error|remote|ssh):|denied|verification failed' | tr '\n' ' '; exit 126; } >&2`;
}

/** Sets `r` and `s`: the ref that the version is in the repository, if it is one, and its commit. */
function target({ repo, version: wanted }: Options): Script {
  if (SHA.test(wanted)) return sh`r= s=${wanted}`;
  if (wanted === "HEAD")
    return sh`${ask(sh`--symref -- ${repo} HEAD`)}
r=$(printf '%s\\n' "$l" | sed -n 's/^ref: \\([^[:space:]]*\\).*/\\1/p'); s=$(printf '%s\\n' "$l" | sed -n 's/^\\([0-9a-f]\\{40,\\}\\)[[:space:]]*HEAD$/\\1/p')
[ -n "$s" ] || { echo ${repo}" has no commits yet" >&2; exit 126; }`;
  const [branch, tag] = [`refs/heads/${wanted}`, `refs/tags/${wanted}`];
  return sh`${ask(sh`-- ${repo} ${[branch, tag, `${tag}^{}`]}`)}
rcm_ref() { printf '%s\\n' "$l" | while read -r i n; do if [ "$n" = "$1" ]; then echo "$i"; fi; done; }
r=${branch} s=$(rcm_ref ${branch})
[ -n "$s" ] || { r=${tag}; s=$(rcm_ref ${`${tag}^{}`}); }
[ -n "$s" ] || s=$(rcm_ref ${tag})
[ -n "$s" ] || { echo ${repo}" has no branch or tag "${wanted}", and it is no whole commit id" >&2; exit 126; }`;
}

/** What is not on the host yet may come with a step before: a dry run goes on. */
const NO_GIT = sh`if ! command -v git >/dev/null; then echo "no git"; exit 0; fi`;
const NEED_GIT = sh`command -v git >/dev/null || { echo "there is no git on the host: install it first" >&2; exit 1; }`;

/** The commit that is checked out, where it is not the one that is wanted. */
function version(wanted: Options): Property {
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

/** Makes the repository where there is none; what fails then leaves nothing behind. */
function prepare(wanted: Options): Script {
  const { dest, remote, repo, bare } = wanted;
  const made = bare ? "HEAD" : ".git";
  return sh`if ! [ -e ${`${dest}/${made}`} ]; then
if [ -e ${dest} ] && [ -n "$(ls -A ${dest})" ]; then echo ${dest}" is in the way: it is no empty folder, and no clone" >&2; exit 1; fi
if [ -e ${dest} ]; then rcm_undo() { find ${dest.startsWith("/") ? dest : `./${dest}`} -mindepth 1 -maxdepth 1 -exec rm -rf {} +; }; else rcm_undo() { rm -rf ${dest}; }; fi
trap rcm_undo EXIT; trap 'exit 1' HUP INT TERM
git init -q ${bare ? ["--bare"] : []} -- ${dest}
fi
${at(wanted)} remote add ${remote} ${repo} 2>/dev/null || ${at(wanted)} remote set-url ${remote} ${repo}`;
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

/** All branches and tags, by how many of them are not as in the repository. */
function refs(wanted: Options): Property {
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

function submodulesOf(wanted: Options): Property {
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
