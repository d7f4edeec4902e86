import { editedText, fileOf, type Property, type Script, sh, withTool } from "../../src/index.ts";
import { edit, lineOf } from "./edit.ts";
import type { Options } from "./options.ts";

/** What goes into a command line; more goes as a file. */
const MAX_INLINE = 32 * 1024;

/** In a file: it goes with its last line. */
export function shared(wanted: Options, name: string): Property {
  const file = name.startsWith("/") ? name : `/etc/cron.d/${name}`;
  const edited = editedText(
    { dest: file, mode: "0644" },
    (before) => edit(wanted, before) || undefined,
    isThere(wanted, sh`cat ${file}`),
  );
  const place = edited.apply as Exclude<Property["apply"], Script>;
  return { ...edited, apply: (was, want) => (want === "-" ? sh`rm ${file}` : place(was, want)) };
}

/** By the program crontab, which knows where crontabs are. */
export function own(wanted: Options): Property {
  const { user } = wanted;
  // Only root may say -u, even of oneself.
  const whose =
    user === undefined
      ? sh`set --`
      : sh`if [ "$(id -un)" = ${user} ]; then set --; else set -- -u ${user}; fi`;
  return {
    probe: sh`${whose}; if crontab "$@" -l >/dev/null 2>&1; then printf +; crontab "$@" -l; else printf -- -; fi`,
    want: (was) => {
      const after = edit(wanted, was === "-" ? undefined : was.slice(1));
      return after === undefined || after === "" ? "-" : `+${after}`;
    },
    holds: sh`( ${whose}; ${isThere(wanted, sh`crontab "$@" -l`)} )`,
    exact: true,
    apply: (_was, want) =>
      sh.lines(
        whose,
        withTool({
          crontab:
            want === "-"
              ? sh`crontab "$@" -r`
              : sh`o=$(${write(want.slice(1))} 2>&1) || {
printf '%s\n' "$o" >&2; printf '%s\n' "$o" | head -n 1 >&2; exit 1; }`,
        }),
      ),
    show: { text: true, value: (value) => (value.startsWith("+") ? value.slice(1) : "") },
  };
}

function write(content: string): Script {
  return Buffer.byteLength(content) <= MAX_INLINE
    ? sh`rcm_put ${content} | crontab "$@" -`
    : sh`crontab "$@" - <${fileOf(content)}`;
}

/** A test that the entry is there just so, or not at all. A job may hold a secret, so it is no argument of a program. */
function isThere(wanted: Options, list: Script): Script {
  const { name, state, env } = wanted;
  const all = sh`${list} 2>/dev/null`;
  const has = (mark: string, test: string): Script =>
    sh`${all} | rcm_m=${mark} rcm_l=${lineOf(wanted)} awk ${`${test} { f = 1 } { p = $0 "" } END { exit !f }`}`;
  const isLine = '$0 "" == ENVIRON["rcm_l"] ""';
  if (env)
    return state === "present" ? has("", isLine) : sh`! ${all} | grep -qE -e ${`^[ 	]*${name}[ 	]*=`}`;
  if (state === "absent") return sh`! ${all} | grep -qxF -e ${`#rcm: ${name}`} -e ${`#Ansible: ${name}`}`;
  return has(`#rcm: ${name}`, `p == ENVIRON["rcm_m"] "" && ${isLine}`);
}
