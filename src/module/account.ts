import { TOOLS } from "../shell/bootstrap.ts";
import { type Script, sh } from "../shell/script.ts";
import { text } from "./kit.ts";
import type { Property } from "./property.ts";

/** Option schema: the name of a user or group, not its number. */
export const accountName = text
  .max(32)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/,
    "wanted a name of letters, digits, _, - and . that begins with a letter",
  );

/** The files that accounts are in. */
export type AccountBase = "passwd" | "group" | "shadow";

/** Prints the entry of a user or group, nothing when there is none; of `shadow` only what is in the host's own file. */
export function entryOf(base: AccountBase, name: string): Script {
  const own = sh`grep -m 1 ${`^${name.replaceAll(/[.$]/g, "\\$&")}:`} ${`/etc/${base}`}`;
  if (base !== "shadow") return sh`{ getent ${base} ${name} 2>/dev/null || ${own}; }`;
  return sh`if ! [ -r /etc/shadow ]; then echo "/etc/shadow cannot be read: this needs root (become)" >&2; exit 126; fi; ${own}`;
}

/** Makes the fields of the entry of a user or group the positional parameters. */
export function readEntry(base: AccountBase, name: string): Script {
  return sh`e=$(${entryOf(base, name)}) || { r=$?; [ $r -lt 126 ] || exit $r; }; IFS=:; set -f; set -- $e; unset IFS; set +f`;
}

/** Prints one field, from 1 to 9, of the entry of a user or group; nothing when there is no entry. */
export function entryField(base: AccountBase, name: string, field: number): Script {
  return sh`${readEntry(base, name)}; printf '%s\n' "\${${sh.raw(String(field))}-}"`;
}

/** The property that a user or group is there, or is not. */
export function existence(
  base: "passwd" | "group",
  name: string,
  want: "present" | "absent",
  apply: Script,
): Property {
  const probe = sh`if [ -n "$(${entryOf(base, name)})" ]; then echo present; else echo absent; fi`;
  return { probe, want, apply };
}

/** Runs the script of the first program that the host has, and fails where it has none of them. */
export function withTool(tools: Readonly<Record<string, Script>>): Script {
  const none = `this host has no ${Object.keys(tools).join(" and no ")}`;
  return Object.entries(tools).reduceRight(
    (otherwise, [name, script]) => sh`if command -v ${name} >/dev/null 2>&1; then
${script}
else
${otherwise}
fi`,
    sh`echo ${none} >&2; exit 1`,
  );
}

/**
 * Runs a script as a user of the host, so that links which the user has made lead nowhere that the user could not go.
 * Of the session's functions the script has those that print, look at files and put them in place. It goes there through a pipe: no list of processes shows it.
 */
export function asUser(user: string, script: Script): Script {
  const own = sh`sh -ec 'eval "$(cat)"'`;
  return sh`u=$(id -u ${user}); g=$(id -g ${user})
rcm_put ${`${TOOLS}\n${script.text}`} |
if [ "$(id -u)" = "$u" ]; then ${own}
elif setpriv --reuid "$u" --regid "$g" --init-groups true 2>/dev/null </dev/null; then setpriv --reuid "$u" --regid "$g" --init-groups ${own}
else su -s /bin/sh ${user} -c ${own.text}; fi`;
}
