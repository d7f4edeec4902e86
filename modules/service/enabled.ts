import { sh, unitEnabled, withTool } from "../../src/index.ts";
import { exists, type Ways } from "./by-system.ts";
import type { Options } from "./options.ts";

/** Whether it is started at boot. */
export function enabledBy({ name, runlevel }: Options, enabled: boolean): Ways {
  const want = enabled ? "enabled" : "disabled";
  const [link, script] = [`/etc/runlevels/${runlevel}/${name}`, `/etc/init.d/${name}`];
  const tellLink = sh`then echo enabled; elif [ -e ${script} ]; then echo disabled; else echo not-found; fi`;
  return {
    systemd: unitEnabled({ name }, enabled),
    openrc: {
      probe: sh`if [ -L ${link} ]; ${tellLink}`,
      want,
      apply: sh`rc-update ${enabled ? "add" : "del"} ${name} ${runlevel}`,
    },
    sysvinit: {
      probe: sh`if ls /etc/rc[2345].d/S[0-9][0-9]${name} >/dev/null 2>&1; ${tellLink}`,
      want,
      apply: sh.lines(
        exists(name),
        withTool({
          "update-rc.d": sh`update-rc.d ${name} defaults; update-rc.d ${name} ${enabled ? "enable" : "disable"}`,
          chkconfig: sh`chkconfig ${name} ${enabled ? "on" : "off"}`,
        }),
      ),
    },
  };
}
