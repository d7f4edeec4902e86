import { type Script, sh } from "../shell/script.ts";
import { readEntry, withTool } from "./account.ts";
import type { Property } from "./property.ts";

/** The property that a user's password has this hash; neither it nor the one that was is ever shown or sent back. */
export function passwordHash(name: string, hash: string, locked: boolean | undefined): Property {
  return {
    // A locked password has a ! before it.
    probe: sh`${readEntry("shadow", name)}; h=\${2-} w=${hash}
if [ "$h" = "$w" ] || [ "\${h#"\${h%%[!!]*}"}" = "$w" ]; then echo same; elif [ -z "$h" ]; then echo none; else echo other; fi`,
    want: "same",
    apply: setPassword(name, hash, locked),
    show: {
      text: false,
      value: (state) => ({ same: "(changed)", none: "(none)" })[state] ?? "(not shown)",
    },
  };
}

/** The script that gives a user this hash. What was locked stays so, unless it is said; nothing shows in a command line. */
export function setPassword(name: string, hash: string, locked: boolean | undefined): Script {
  const keeps = sh`${readEntry("shadow", name)}; case \${2-} in '!'[!!]*) h=!$h ;; esac`;
  const isOpen = !/^[!*]/.test(hash);
  return sh.lines(
    sh`n=${name} h=${hash}`,
    isOpen && locked === true && sh`h=!$h`,
    isOpen && locked === undefined && keeps,
    withTool({
      chpasswd: sh`chpasswd -e <<rcm
$n:$h
rcm`,
    }),
  );
}

/** The property that a user's password is locked, or is not. */
export function passwordLock(name: string, locked: boolean): Property {
  return {
    probe: sh`${readEntry("shadow", name)}
case \${2-} in '') echo none ;; '!'*) echo locked ;; *) echo unlocked ;; esac`,
    want: locked ? "locked" : "unlocked",
    apply: withTool({
      usermod: sh`usermod ${locked ? "-L" : "-U"} ${name}`,
      passwd: sh`passwd ${locked ? "-l" : "-u"} ${name}`,
    }),
  };
}
