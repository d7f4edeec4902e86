import { type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Git, in the clone. */
export function at({ dest, bare }: Options): Script {
  return sh`git -C ${dest} ${bare ? ["--git-dir=."] : []}`;
}

/** Git must not wait for somebody who types a password. */
export function environment({ keyFile, acceptNewHostKey, sshOptions }: Options): Script {
  const ssh = sh`ssh -o BatchMode=yes ${[
    ...(keyFile === undefined ? [] : ["-i", keyFile, "-o", "IdentitiesOnly=yes"]),
    ...(acceptNewHostKey ? ["-o", "StrictHostKeyChecking=accept-new"] : []),
    ...sshOptions.flatMap((option) => ["-o", option]),
  ]}`;
  return sh`export GIT_TERMINAL_PROMPT=0 LC_ALL=C GIT_SSH_COMMAND=${ssh.text}`;
}

/** Puts what the repository has into `l`; of git's many lines when it cannot, the last one tells why. */
export function ask(words: Script): Script {
  return sh`l=$(git ls-remote ${words} 2>&1) || { printf '%s\n' "$l"; printf '%s\n' "$l" | grep -E '^(fatal|ERROR|error|remote|ssh):|denied|verification failed' | tr '\n' ' '; exit 126; } >&2`;
}

/** Sets `r` and `s`: the ref that the version is in the repository, if it is one, and its commit. */
export function target({ repo, version: wanted }: Options): Script {
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
export const NO_GIT = sh`if ! command -v git >/dev/null; then echo "no git"; exit 0; fi`;

/** Nothing can be done without git. */
export const NEED_GIT = sh`command -v git >/dev/null || { echo "there is no git on the host: install it first" >&2; exit 1; }`;

/** Makes the repository where there is none; what fails then leaves nothing behind. */
export function prepare(wanted: Options): Script {
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
