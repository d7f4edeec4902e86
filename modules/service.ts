import {
  defineModule,
  effect,
  type Property,
  type Script,
  type ServiceState,
  sh,
  text,
  unitEnabled,
  unitName,
  unitState,
  withTool,
  z,
} from "../src/index.ts";

const options = z
  .strictObject({
    name: unitName.describe("the service, as the host's init system calls it"),
    state: z
      .enum(["started", "stopped", "restarted", "reloaded"])
      .optional()
      .describe("`restarted` and `reloaded` are done each time"),
    enabled: z.boolean().optional().describe("whether it is started at boot"),
    use: z
      .enum(["auto", "systemd", "openrc", "sysvinit"])
      .default("auto")
      .describe("the init system; `auto`: the one that the host was booted with"),
    runlevel: z
      .string()
      .regex(/^[a-z][a-z0-9_-]*$/, "wanted the name of a runlevel, such as default")
      .default("default")
      .describe("with OpenRC: the runlevel that `enabled` is about"),
    pattern: text
      .min(1)
      .optional()
      .describe(
        "where an init script does not know `status`: part of the command line of the process to look for",
      ),
  })
  .refine(
    ({ state, enabled }) => state !== undefined || enabled !== undefined,
    "wanted at least one of state and enabled",
  );

type Options = z.output<typeof options>;

/** Manages services, whatever the init system. */
export const service = defineModule({
  name: "service",
  category: "Services",
  summary: "Starts, stops, restarts and enables a service, by systemd, OpenRC or init scripts.",
  example: 'service({ name: "nginx", state: "started", enabled: true })',
  options,
  properties: (wanted) => ({
    ...(wanted.enabled === undefined ? {} : { enabled: bySystem(wanted, enabledBy(wanted, wanted.enabled)) }),
    ...(wanted.state === undefined ? {} : { state: bySystem(wanted, stateBy(wanted, wanted.state)) }),
  }),
});

/** One property, said in the way of each init system; all want the same. */
type Ways = Readonly<Record<Exclude<Options["use"], "auto">, Property>>;

function bySystem({ use }: Options, ways: Ways): Property {
  if (use !== "auto") return ways[use];
  const choose = (pick: (way: Property) => Script): Script => sh`if [ -d /run/systemd/system ]; then
${pick(ways.systemd)}
elif command -v rc-service >/dev/null 2>&1; then
${pick(ways.openrc)}
else
${pick(ways.sysvinit)}
fi`;
  const scripts = ({ apply }: Property): Script => apply as Script;
  return { probe: choose(({ probe }) => probe), want: ways.systemd.want, apply: choose(scripts) };
}

function enabledBy({ name, runlevel }: Options, enabled: boolean): Ways {
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

function stateBy({ name, pattern }: Options, state: ServiceState): Ways {
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

function exists(name: string): Script {
  const script = `/etc/init.d/${name}`;
  return sh`if ! [ -x ${script} ]; then echo ${`there is no service ${name}: no ${script}`} >&2; exit 1; fi`;
}
