import { asUser, editedText, homeOf, type Property, type Script, sh } from "../../src/index.ts";
import { edit, wantedLines } from "./edit.ts";
import { parse } from "./key-line.ts";
import type { Options } from "./options.ts";

/** What fits into a command line of a program that runs as another user. */
const MAX_TEXT = 32 * 1024;

/** Sets `f`, the path of the file; empty where there is no such user. */
function find({ user, path: file = ".ssh/authorized_keys" }: Options): Script {
  return file.startsWith("/") ? sh`f=${file}` : sh`f=$(${homeOf(user)}); f=\${f:+$f/${file}}`;
}

/** Below the user's home directory the user acts, not root: the user's links lead nowhere else then. */
function act(wanted: Options, script: Script): Script {
  const all = sh`${find(wanted)}
if [ -z "$f" ]; then echo ${`there is no user ${wanted.user}`} >&2; exit 1; fi
${script}`;
  return wanted.path?.startsWith("/") ? all : asUser(wanted.user, all);
}

/** The property that a file or directory belongs to the user and nobody else can read it; the latter is made. */
export function owned(wanted: Options, what: Script, want: string): Property {
  const mode = want.split(" ")[1] ?? "";
  return {
    probe: sh`${find(wanted)}; stat -L -c '%U %a' "${what}" 2>/dev/null`,
    want,
    apply: sh.lines(
      sh`${find(wanted)}; f=${what}`,
      sh`if [ -e "$f" ] && ! [ -L "$f" ] && [ "$(stat -c %U "$f")" != ${wanted.user} ]; then chown -h ${wanted.user} "$f"; fi`,
      act(
        wanted,
        sh`f=${what}; ${mode === "700" ? sh`[ -e "$f" ] || mkdir -p "$f"; ` : sh``}chmod ${mode} "$f"`,
      ),
    ),
  };
}

/** The file holds the keys that it should. */
export function keys(wanted: Options): Property {
  const enter = sh`CDPATH= cd -- "\${f%/*}/" 2>/dev/null`;
  const name = (wanted.path ?? "authorized_keys").split("/").at(-1) ?? "";
  const edited = editedText({ dest: `./${name}` }, (before) => edit(wanted, before));
  const isOwn = !wanted.path?.startsWith("/");
  return {
    ...edited,
    probe: sh`${find(wanted)}; if [ -z "$f" ] || ! ${enter}; then printf -- -; exit 0; fi
${edited.probe}`,
    holds: sh`( ${find(wanted)}; ${isThere(wanted)} )`,
    apply: async (was, want) => {
      if (isOwn && Buffer.byteLength(want) > MAX_TEXT)
        throw new Error("more than 32 KiB of keys: give the path of the file from /");
      const place = typeof edited.apply === "function" ? await edited.apply(was, want) : edited.apply;
      return act(
        wanted,
        sh`${enter} || { echo "there is no directory \${f%/*}" >&2; exit 1; }
umask 077
${place}`,
      );
    },
  };
}

/**
 * A test that there is nothing to do; it may fail where there is nothing to do all the same. Options and comments may
 * hold a secret, so grep gets them over a pipe.
 */
function isThere(wanted: Options): Script {
  const blobs = wanted.key.map((line) => parse(line)?.blob ?? line);
  if (wanted.state === "absent") return sh`! ${grepped("-qF", blobs.join("\n"))}`;
  const lines = wantedLines(wanted);
  const count = sh`[ "$(grep -c '^[[:space:]]*[^#[:space:]]' -- "$f")" = ${lines.length} ]`;
  return sh.all(
    ...lines.map((line) => grepped("-qxF", line)),
    // The same key may be there once more, with other options.
    ...[...new Set(blobs)].map((blob) => sh`[ "$(${grepped("-cF", blob)})" = 1 ]`),
    wanted.exclusive && count,
  );
}

/** Looks in the file for fixed texts, a line each. */
function grepped(flags: string, texts: string): Script {
  return sh`rcm_put ${texts} | LC_ALL=C grep ${flags} -f - -- "$f"`;
}
