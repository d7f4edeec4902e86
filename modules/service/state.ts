import { effect, type Property, type Script, type ServiceState, sh, unitState } from "../../src/index.ts";
import { exists, type Ways } from "./by-system.ts";
import type { Options } from "./options.ts";

/** Whether it runs. */
export function stateBy({ name, pattern }: Options, state: ServiceState): Ways {
  const running =
    pattern === undefined
      ? sh`[ -x ${`/etc/init.d/${name}`} ] && ${`/etc/init.d/${name}`} status >/dev/null 2>&1`
      : // Named before tail and the others are there, which would find themselves. The headers that tail puts between files
        // keep the words of two processes apart, and are no words of any.
        sh`( cd /proc; set -- [0-9]*/cmdline; case $(tail -n +1 "$@" | tr '\\0' ' ' | sed 's,^==> [0-9]*/cmdline <==$,,') in *${pattern}*) exit 0 ;; esac; exit 1 ) 2>/dev/null`;
  return {
    systemd: unitState({ name }, state),
    openrc: classic(
      sh`rc-service ${name} status >/dev/null 2>&1; case $? in 0 | 8) echo active ;; *) if rc-service -e ${name}; then echo inactive; else echo not-found; fi ;; esac`,
      state,
      (verb) => sh`rc-service ${name} ${verb}`,
    ),
    sysvinit: classic(
      sh`if ${running}; then echo active; elif [ -e ${`/etc/init.d/${name}`} ]; then echo inactive; else echo not-found; fi`,
      state,
      (verb) => sh.lines(exists(name), sh`${`/etc/init.d/${name}`} ${verb}`),
    ),
  };
}

function classic(probe: Script, state: ServiceState, run: (verb: string) => Script): Property {
  if (state === "started") return { probe, want: "active", apply: apart(run("start")) };
  if (state === "stopped") return { probe, want: "inactive", apply: apart(run("stop")) };
  const isActive = sh`[ "$(${probe})" = active ]`;
  const again =
    state === "restarted"
      ? run("restart")
      : sh`if ${isActive}; then ${run("reload")}; else ${run("start")}; fi`;
  return effect({ probe, done: state, apply: apart(again) });
}

/** A daemon may keep its outputs open for ever: they are a file's. */
function apart(run: Script): Script {
  return sh`f=$(mktemp); trap 'rm -f "$f"' EXIT
if ( set -e; ${run}
) >"$f" 2>&1; then :; else r=$?; cat "$f" >&2; exit $r; fi`;
}
