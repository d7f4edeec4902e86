import { type Script, sh } from "../shell/script.ts";
import { withTool } from "./account.ts";
import { text } from "./kit.ts";
import { effect, type Property } from "./property.ts";

/** What a service can be brought to. */
export type ServiceState = "started" | "stopped" | "restarted" | "reloaded";

/** Option schema: the name of a unit of systemd's; `.service` is understood. */
export const unitName = text.regex(
  /^[A-Za-z0-9:_.\\@-]{1,255}$/,
  "wanted the name of a unit, such as nginx or backup.timer",
);

/** A unit of systemd's, and whose it is. */
export interface Unit {
  readonly name: string;
  /** The system's, that of the user who the step runs as, or what all users get. */
  readonly scope?: "system" | "user" | "global";
  /** Do not wait until it is started or stopped. */
  readonly noBlock?: boolean;
}

/** The start of a command line of systemctl. */
export function systemctl(scope: Unit["scope"] = "system"): Script {
  if (scope === "user") return sh`XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user`;
  return scope === "global" ? sh`systemctl --global` : sh`systemctl`;
}

/** The property that a unit runs, or does not; a restart or a reload is done each time. */
export function unitState(unit: Unit, state: ServiceState): Property {
  const { name, scope, noBlock = false } = unit;
  const run = (verb: string): Script =>
    sh`${systemctl(scope)} ${verb} ${noBlock ? ["--no-block"] : []} -- ${name}`;
  const probe = sh`s=$(${systemctl(scope)} show -p LoadState -p ActiveState -p Type -- ${name} 2>/dev/null)
a=\${s#*ActiveState=}; a=\${a%%
*}; case $s in *LoadState=not-found*) a=not-found ;; "") a=unknown ;; esac`;
  switch (state) {
    case "started": {
      const running = sh`${probe}
case $a in activating | reloading | refreshing) a=active ;; esac`;
      return {
        probe: sh`${running}; echo "$a"`,
        want: "active",
        apply: orWhy(unit, run("start")),
        // A oneshot unit that has done its work is not active any more.
        recheck: noBlock
          ? sh`echo active`
          : sh`${running}; case $s in *Type=oneshot*) a=active ;; esac; echo "$a"`,
      };
    }
    case "stopped":
      return {
        probe: sh`${probe}
case $a in failed) a=inactive ;; esac; echo "$a"`,
        want: "inactive",
        apply: orWhy(unit, run("stop")),
        ...(noBlock ? { recheck: sh`echo inactive` } : {}),
      };
    case "restarted":
      return effect({
        probe: sh`${probe}; echo "$a"`,
        done: "restarted",
        apply: orWhy(unit, run("restart")),
      });
    case "reloaded":
      return effect({
        probe: sh`${probe}; echo "$a"`,
        done: "reloaded",
        apply: sh`if ${systemctl(scope)} -q is-active -- ${name}; then
${orWhy(unit, run("reload"))}
else
${orWhy(unit, run("start"))}
fi`,
      });
  }
}

/** The property that a unit is started at boot, or is not. Where that cannot be said of it, it counts as right. */
export function unitEnabled({ name, scope }: Unit, enabled: boolean, force = false): Property {
  const alike = enabled
    ? sh`static | indirect | generated | transient | alias`
    : sh`static | indirect | generated | transient | masked* | linked*`;
  const off = sh`case $(${systemctl(scope)} is-enabled -- ${name} 2>/dev/null) in
*-runtime) ${systemctl(scope)} --runtime disable -- ${name} ;; *) ${systemctl(scope)} disable -- ${name} ;; esac`;
  const want = enabled ? "enabled" : "disabled";
  return {
    probe: sh`e=$(${systemctl(scope)} is-enabled -- ${name} 2>/dev/null); case $e in ${alike}) e=${want} ;; esac; echo "\${e:-not-found}"`,
    want,
    apply: quietly(enabled ? sh`${systemctl(scope)} enable ${force ? ["--force"] : []} -- ${name}` : off),
  };
}

/** The property that a unit cannot be started at all, or can. */
export function unitMasked({ name, scope }: Unit, masked: boolean): Property {
  return {
    probe: sh`case $(${systemctl(scope)} is-enabled -- ${name} 2>/dev/null) in masked*) echo masked ;; *) echo unmasked ;; esac`,
    want: masked ? "masked" : "unmasked",
    apply: quietly(sh`${systemctl(scope)} ${masked ? "mask" : "unmask"} -- ${name}`),
  };
}

/** Runs it; when it fails, the log tells why, and systemctl's own first line comes last. */
function orWhy({ name, scope }: Unit, run: Script): Script {
  return withTool({
    systemctl: sh.lines(
      scope === "user" && USER_MANAGER,
      sh`o=$(${run} 2>&1) || { printf '%s\n' "$o" >&2
${systemctl(scope)} status --no-pager -n 10 -- ${name} >&2 || :
printf '%s\n' "$o" | head -n 1 >&2; exit 1; }`,
    ),
  });
}

/** What systemctl prints when all is well is of no use. */
function quietly(run: Script): Script {
  return withTool({ systemctl: sh`o=$(${run} 2>&1) || { printf '%s\n' "$o" >&2; exit 1; }` });
}

const USER_MANAGER = sh`if ! [ -d "/run/user/$(id -u)/systemd" ]; then
echo "$(id -un) has no systemd that runs: loginctl enable-linger $(id -un) starts one" >&2; exit 1; fi`;
