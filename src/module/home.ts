import { type Script, sh } from "../shell/script.ts";
import { asUser, entryField } from "./account.ts";
import type { Property } from "./property.ts";

/** Where a user's new home directory is and what goes into it. */
export interface HomeSettings {
  /** As in the user's entry, when left out. */
  readonly home?: string | undefined;
  /** Copied into it; `/etc/skel` when left out. */
  readonly skeleton?: string | undefined;
}

/** Prints the path of a user's home directory; nothing when there is no such user. */
export function homeOf(name: string): Script {
  return entryField("passwd", name, 6);
}

/** The property that a user's home directory is there; some users are to have none. */
export function homeDirectory(name: string, { home, skeleton = "/etc/skel" }: HomeSettings): Property {
  const find = home === undefined ? sh`h=$(${homeOf(name)})` : sh`h=${home}`;
  return {
    probe: sh`${find}; case $h in /nonexistent | /dev/null) echo present; exit 0 ;; esac
if [ -n "$h" ] && [ -d "$h" ]; then echo present; else echo absent; fi`,
    want: "present",
    apply: sh`${find}; s=${skeleton}
login() { sed -n "s/^$1[[:space:]]*//p" /etc/login.defs 2>/dev/null; }
mkdir -p "\${h%/*}/"
u=$(login UMASK); ( umask "\${u:-022}"; mkdir "$h" )
m=$(login HOME_MODE); [ -z "$m" ] || chmod "$m" "$h"
[ ! -d "$s" ] || cp -R -p "$s/." "$h/"
chown -R -h "$(id -u ${name}):$(id -g ${name})" "$h"`,
  };
}

/** A key pair that a user is to have. */
export interface SshKeySettings {
  readonly sshKeyType: string;
  readonly sshKeyBits?: number | undefined;
  /** `name@host` when left out. */
  readonly sshKeyComment?: string | undefined;
  /** From the home directory; `.ssh/id_TYPE` when left out. */
  readonly sshKeyFile?: string | undefined;
}

/** The property that a user has a key pair: made by the user, without passphrase. One that is there stays. */
export function sshKeyPair(
  name: string,
  { sshKeyType: type, sshKeyBits: bits, sshKeyComment, sshKeyFile }: SshKeySettings,
): Property {
  const file = sshKeyFile ?? `.ssh/id_${type}`;
  const find = sh`f=${file}; case $f in /*) ;; *) f=$(${homeOf(name)})/$f ;; esac`;
  const comment = sshKeyComment === undefined ? sh`${name}"@$(uname -n)"` : sh`${sshKeyComment}`;
  return {
    probe: sh`${find}; if [ -f "$f" ]; then echo present; else echo absent; fi`,
    want: "present",
    apply: asUser(
      name,
      sh`${find}; d=\${f%/*}; [ -d "$d" ] || mkdir -p -m 700 "$d"
ssh-keygen -q -t ${type} ${bits === undefined ? [] : ["-b", bits]} -N '' -C ${comment} -f "$f"`,
    ),
  };
}
