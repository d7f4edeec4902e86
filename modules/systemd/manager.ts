import { effect, type Property, sh, systemctl, type Unit, withTool } from "../../src/index.ts";

/** Systemd knows the unit files as they are. */
export function reload(scope: Unit["scope"]): Property {
  return {
    probe: sh`case $(${systemctl(scope)} show -p NeedDaemonReload -- '*' 2>/dev/null) in *=yes*) echo outdated ;; *) echo current ;; esac`,
    want: "current",
    apply: withTool({ systemctl: sh`${systemctl(scope)} daemon-reload` }),
  };
}

/** Systemd itself is started again. */
export function reexec(scope: Unit["scope"]): Property {
  return effect({
    probe: sh`echo running`,
    done: "reexecuted",
    apply: withTool({ systemctl: sh`${systemctl(scope)} daemon-reexec` }),
  });
}
