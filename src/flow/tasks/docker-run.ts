import { z } from "zod";
import { checkVariableNames } from "../../module/container.ts";
import { defineModule } from "../../module/define.ts";
import { text } from "../../module/kit.ts";
import { type Script, sh } from "../../shell/script.ts";
import { environment } from "./environment.ts";

const word = z.union([text, z.number()]).transform(String);
const words = z.union([word, z.array(word)]).transform((one) => [one].flat());
const flag = z.boolean().optional();
const pairs = z.record(z.string(), word).optional();

/** Arguments that are one option of the command line each, as docker-py names them. */
const VALUES = {
  ...{
    name: "--name",
    user: "--user",
    working_dir: "--workdir",
    hostname: "--hostname",
    domainname: "--domainname",
  },
  ...{
    network: "--network",
    network_mode: "--network",
    ipc_mode: "--ipc",
    pid_mode: "--pid",
    uts_mode: "--uts",
  },
  ...{
    userns_mode: "--userns",
    cgroupns: "--cgroupns",
    cgroup_parent: "--cgroup-parent",
    isolation: "--isolation",
  },
  ...{
    runtime: "--runtime",
    platform: "--platform",
    mac_address: "--mac-address",
    stop_signal: "--stop-signal",
  },
  ...{ mem_limit: "--memory", mem_reservation: "--memory-reservation", memswap_limit: "--memory-swap" },
  ...{ mem_swappiness: "--memory-swappiness", kernel_memory: "--kernel-memory", shm_size: "--shm-size" },
  ...{
    cpu_count: "--cpu-count",
    cpu_percent: "--cpu-percent",
    cpu_period: "--cpu-period",
    cpu_quota: "--cpu-quota",
  },
  ...{ cpu_rt_period: "--cpu-rt-period", cpu_rt_runtime: "--cpu-rt-runtime", cpu_shares: "--cpu-shares" },
  ...{ cpuset_cpus: "--cpuset-cpus", cpuset_mems: "--cpuset-mems", blkio_weight: "--blkio-weight" },
  ...{ oom_score_adj: "--oom-score-adj", pids_limit: "--pids-limit", volume_driver: "--volume-driver" },
} as const;

/** Arguments that are repeated options. */
const LISTS = {
  ...{
    cap_add: "--cap-add",
    cap_drop: "--cap-drop",
    devices: "--device",
    dns: "--dns",
    dns_opt: "--dns-option",
  },
  ...{
    dns_search: "--dns-search",
    group_add: "--group-add",
    security_opt: "--security-opt",
    volumes_from: "--volumes-from",
  },
  ...{ device_cgroup_rules: "--device-cgroup-rule" },
} as const;

/** Arguments that are switches. */
const SWITCHES = {
  ...{
    privileged: "--privileged",
    read_only: "--read-only",
    tty: "--tty",
    stdin_open: "--interactive",
    init: "--init",
  },
  ...{
    oom_kill_disable: "--oom-kill-disable",
    publish_all_ports: "--publish-all",
    network_disabled: "--network=none",
  },
} as const;

/** Arguments that are repeated options of names with values. */
const PAIRS = {
  ...{ labels: "--label", sysctls: "--sysctl", storage_opt: "--storage-opt" },
  log_opts: "--log-opt",
} as const;

const each = <Key extends string, Schema extends z.ZodType>(
  table: Readonly<Record<Key, string>>,
  schema: Schema,
): Record<Key, Schema> =>
  Object.fromEntries(Object.keys(table).map((key) => [key, schema])) as Record<Key, Schema>;

const mount = z.union([
  text,
  z.strictObject({ bind: text.min(1), mode: z.enum(["ro", "rw", "z", "Z"]).default("rw") }),
]);

const options = z.strictObject({
  image: text.min(1).describe("the image"),
  command: z
    .union([text, z.array(word)])
    .optional()
    .describe("a shell line, or a program and its arguments"),
  entrypoint: text.optional().describe("the program in place of the image's own"),
  environment: z
    .union([environment, z.array(text)])
    .default({})
    .describe("variables; they reach it by the environment"),
  volumes: z
    .union([z.record(z.string(), mount), z.array(text)])
    .default([])
    .describe('{ "/host" = { bind = "/inside", mode = "ro" } }, or texts'),
  ports: z
    .record(z.string(), z.union([word, z.array(word), z.null()]))
    .default({})
    .describe('{ "80/tcp" = 8080 }'),
  extra_hosts: pairs.describe("names and addresses"),
  links: pairs.describe("containers and their names"),
  tmpfs: pairs.describe("folders in memory, and how they are mounted"),
  ulimits: z.array(z.strictObject({ name: text, soft: z.number(), hard: z.number().optional() })).default([]),
  pull: z.enum(["always", "missing", "never"]).optional().describe("when to fetch the image"),
  engine: z.enum(["docker", "podman"]).optional().describe("which program; the one that the host has"),
  ...each(VALUES, word.optional()),
  ...each(LISTS, words.optional()),
  ...each(SWITCHES, flag),
  ...each(PAIRS, pairs),
});

type Options = z.output<typeof options>;

/** Runs a container to its end. */
export const dockerRun = defineModule({
  name: "docker_run",
  category: "Flows",
  summary: "Runs a container to its end with the host's docker or podman, and removes it.",
  example: 'dockerRun({ image: "alpine", command: ["echo", "hello"] })',
  secretOptions: ["environment"],
  options,
  action: (wanted, { secrets }) => {
    checkVariableNames(namesOf(wanted), secrets);
    return {
      script: sh.lines(
        engineOf(wanted),
        ...exported(wanted).map(([name, value]) => sh`export ${sh.raw(name)}=${value}`),
        sh`exec "$e" run --rm ${argumentsOf(wanted)} ${wanted.image} ${commandOf(wanted)}`,
      ),
      describe: `run a container of ${wanted.image}`,
    };
  },
});

function engineOf({ engine }: Options): Script {
  if (engine !== undefined) return sh`e=${engine}`;
  return sh`e=$(command -v docker || command -v podman) || { echo "neither docker nor podman is there" >&2; exit 127; }`;
}

function commandOf({ command }: Options): readonly string[] {
  if (command === undefined) return [];
  return typeof command === "string" ? ["sh", "-c", command] : command;
}

/** Values do not go on the command line, which everybody on the host can read. */
function exported({ environment: given }: Options): readonly (readonly [string, string])[] {
  if (!Array.isArray(given)) return Object.entries(given);
  return given.flatMap((one) => {
    const at = one.indexOf("=");
    return at > 0 ? [[one.slice(0, at), one.slice(at + 1)] as const] : [];
  });
}

function namesOf({ environment: given }: Options): readonly string[] {
  return Array.isArray(given) ? given.map((one) => one.split("=")[0] ?? "") : Object.keys(given);
}

function argumentsOf(wanted: Options): readonly string[] {
  const { volumes, ports, extra_hosts: hosts, links, tmpfs, ulimits, pull, entrypoint } = wanted;
  const given = wanted as unknown as Readonly<Record<string, unknown>>;
  const of = (
    table: Readonly<Record<string, string>>,
    make: (option: string, value: unknown) => string[],
  ): string[] =>
    Object.entries(table).flatMap(([name, option]) =>
      given[name] === undefined ? [] : make(option, given[name]),
    );
  const named = (option: string, values: Readonly<Record<string, string>> = {}, sign = "="): string[] =>
    Object.entries(values).flatMap(([name, value]) => [
      option,
      value === "" ? name : `${name}${sign}${value}`,
    ]);
  return [
    ...(pull === undefined ? [] : ["--pull", pull]),
    ...(entrypoint === undefined ? [] : ["--entrypoint", entrypoint]),
    ...of(VALUES, (option, value) => [option, String(value)]),
    ...of(LISTS, (option, value) => (value as string[]).flatMap((one) => [option, one])),
    ...of(SWITCHES, (option, value) => (value === true ? [option] : [])),
    ...of(PAIRS, (option, value) => named(option, value as Record<string, string>)),
    ...namesOf(wanted).flatMap((name) => ["--env", name]),
    ...mountsOf(volumes),
    ...Object.entries(ports).flatMap(([inner, outer]) => portsOf(inner, outer)),
    ...named("--add-host", hosts, ":"),
    ...named("--link", links, ":"),
    ...named("--tmpfs", tmpfs, ":"),
    ...ulimits.flatMap(({ name, soft, hard }) => ["--ulimit", `${name}=${soft}:${hard ?? soft}`]),
  ];
}

function mountsOf(volumes: Options["volumes"]): readonly string[] {
  if (Array.isArray(volumes)) return volumes.flatMap((one) => ["--volume", one]);
  return Object.entries(volumes).flatMap(([host, inside]) => [
    "--volume",
    typeof inside === "string" ? `${host}:${inside}` : `${host}:${inside.bind}:${inside.mode}`,
  ]);
}

function portsOf(inner: string, outer: string | readonly string[] | null): readonly string[] {
  if (outer === null) return ["--publish", inner];
  return [outer].flat().flatMap((one) => ["--publish", `${one}:${inner}`]);
}
