import { createHash } from "node:crypto";
import {
  defineModule,
  engineLabels,
  engineVariables,
  type Property,
  type Script,
  settingLines,
  sh,
  text,
  withPairs,
  z,
} from "../src/index.ts";

const LABEL = "rcm.config";
const HASH_LABEL = "rcm.hash";

const name = text.regex(/^[A-Za-z0-9][\w.-]*$/, "wanted a name of letters, digits, _, . and -");
const plain = text.regex(/^[^-\s]\S*$/, "wanted a text without spaces that does not begin with -");
const words = z.union([text.min(1), z.array(text).min(1)]);
const size = z.union([
  z.number().int().positive(),
  text.regex(/^\d+(?:\.\d+)?[bkmg]?$/i, 'wanted a size such as "512m"'),
]);

const options = z
  .strictObject({
    name: name.describe("name of the container"),
    image: plain.optional().describe("the image, such as nginx:1.27; required unless the state is absent"),
    state: z
      .enum(["started", "stopped", "present", "absent"])
      .default("started")
      .describe("`present`: there with this configuration, running or not"),
    command: words.optional().describe("the command: a list of words, or a text that is split at spaces"),
    entrypoint: text.min(1).optional().describe("the program that runs instead of the image's own"),
    env: engineVariables
      .default({})
      .describe("environment variables; neither the list of processes nor a diff shows their values"),
    ports: z
      .array(text.regex(/^(?:\S+:)?\d+(?:-\d+)?(?:\/(?:tcp|udp|sctp))?$/, 'wanted a port such as "8080:80"'))
      .default([])
      .describe("published ports: `8080:80`, `127.0.0.1:53:53/udp`"),
    volumes: z
      .array(text.regex(/^[^-:][^:]*:\/[^:]*(?::[\w,]+)?$/, 'wanted a volume such as "/srv/data:/data:ro"'))
      .default([])
      .describe("volumes and folders of the host: `data:/var/lib/data`, `/srv/www:/www:ro`"),
    restartPolicy: text
      .regex(
        /^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/,
        "wanted no, always, unless-stopped or on-failure:3",
      )
      .default("no")
      .describe("when the engine starts it again: no, always, unless-stopped, on-failure or on-failure:3"),
    networks: z
      .array(plain)
      .default([])
      .describe("networks, which must be there; `host` and `none` stand alone"),
    labels: engineLabels.default({}).describe("labels"),
    user: plain.optional().describe("user, as name or number, `user:group`"),
    workdir: text
      .regex(/^\//, "wanted an absolute path")
      .optional()
      .describe("folder that the command runs in"),
    hostname: name.optional().describe("its host name"),
    memory: size.optional().describe("memory limit: 512m"),
    cpus: z.number().positive().optional().describe("how many processors it may use: 1.5"),
    privileged: z.boolean().default(false).describe("may do everything that the host may"),
    readOnly: z.boolean().default(false).describe("its own files cannot be written"),
    init: z.boolean().default(false).describe("run an init that collects ended processes"),
    capAdd: z.array(plain).default([]).describe("capabilities to add: NET_ADMIN"),
    capDrop: z.array(plain).default([]).describe("capabilities to take away"),
    devices: z.array(plain).default([]).describe("devices of the host: `/dev/ttyUSB0`"),
    extraArgs: z
      .array(text.regex(/^--?[a-z]/, "wanted an option such as --shm-size=1g"))
      .default([])
      .describe("further options of `docker create`"),
    pull: z
      .enum(["missing", "never"])
      .default("missing")
      .describe("whether to fetch the image when the host has none of that name"),
    recreate: z
      .boolean()
      .default(true)
      .describe("make it anew when its configuration or image differs; false: only when there is none"),
    stopTimeout: z.number().int().min(0).default(10).describe("seconds that it gets to end by itself"),
    engine: z
      .enum(["auto", "docker", "podman"])
      .default("auto")
      .describe("the program to use; `auto`: docker where there is one, else podman"),
  })
  .refine(({ state, image }) => state === "absent" || image, "image is required unless the state is absent")
  .refine(
    ({ networks }) =>
      networks.length < 2 || ![networks].flat().some((one) => one === "host" || one === "none"),
    "the networks host and none stand alone",
  )
  .refine(
    ({ networks, ports }) => networks[0] !== "host" || ports.length === 0,
    "ports are not published on the network host",
  )
  .refine(
    ({ labels }) => !Object.keys(labels).some((key) => key === LABEL || key === HASH_LABEL),
    `the labels ${LABEL} and ${HASH_LABEL} are rcm's own`,
  );

type Options = z.output<typeof options>;

/** Manages containers of Docker or Podman. */
export const dockerContainer = defineModule({
  name: "docker_container",
  category: "Services",
  summary: "Makes, starts, stops and removes containers with the host's docker or podman.",
  example:
    'dockerContainer({ name: "web", image: "nginx:1.27", ports: ["80:80"], restartPolicy: "unless-stopped" })',
  options,
  properties: (wanted) => {
    const { state } = wanted;
    if (state === "absent") return { container: absent(wanted) };
    return {
      image: image(wanted),
      container: container(wanted),
      ...(state === "present" ? {} : { running: running(wanted) }),
    };
  },
});

/** What is missing may come with a step before: a dry run goes on. */
function probing({ engine }: Options, otherwise: string, probe: Script): Script {
  return sh.lines(
    sh`e=${engine === "auto" ? "" : engine}; [ -n "$e" ] || e=$(command -v docker || command -v podman)`,
    sh`if ! command -v "\${e:-none}" >/dev/null; then echo ${otherwise}; exit 0; fi`,
    // Without an answer from the engine, everything would look as if it were absent.
    sh`"$e" info >/dev/null 2>/dev/null || { "$e" info 2>&1 | tail -n 1 >&2; exit 126; }`,
    probe,
  );
}

function applying({ engine }: Options, apply: Script): Script {
  return sh.lines(
    sh`e=${engine === "auto" ? "" : engine}; [ -n "$e" ] || e=$(command -v docker || command -v podman) || :`,
    sh`command -v "\${e:-none}" >/dev/null || { echo "there is no "\${e:-docker or podman}" on the host: install it first" >&2; exit 1; }`,
    apply,
  );
}

function image(wanted: Options): Property {
  const { image: reference = "", pull } = wanted;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`if "$e" image inspect ${reference} >/dev/null 2>&1; then echo present; else echo absent; fi`,
    ),
    want: "present",
    apply: applying(
      wanted,
      pull === "never"
        ? sh`echo "there is no image "${reference}" on the host, and pull is never" >&2; exit 1`
        : sh`"$e" pull -q ${reference}`,
    ),
  };
}

/** The configuration is a label of the container, and its hash another one: so it can be compared, and shown as a diff. */
function container(wanted: Options): Property {
  const { name: id, image: reference = "", recreate } = wanted;
  const config = describe(wanted);
  const hash = createHash("sha256").update(config).digest("hex");
  const label = (name: string): Script =>
    sh`"$e" inspect --type container -f ${`{{ index .Config.Labels "${name}" }}`} ${id} 2>/dev/null`;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`i=$("$e" inspect --type container -f '{{ .Image }}' ${id} 2>/dev/null) || { echo absent; exit 0; }
${
  recreate
    ? sh`h=$(${label(HASH_LABEL)})
n=$("$e" image inspect -f '{{ .Id }}' ${reference} 2>/dev/null)
if [ "\${i#sha256:}" != "\${n#sha256:}" ]; then echo "another image"; elif [ "$h" != ${hash} ]; then echo "another configuration"; else echo ${hash}; fi`
    : sh`echo ${hash}`
}`,
    ),
    want: hash,
    apply: applying(wanted, create(wanted, config, hash)),
    text: {
      was: probing(
        wanted,
        "",
        sh`l=$(${label(LABEL)}) || exit 0
rcm_put "$l" | tr '\\037' '\\n' | sed -e '/^<no value>$/d' -e '/^ *$/d'; echo
i=$("$e" inspect --type container -f '{{ .Image }}' ${id}); n=$("$e" image inspect -f '{{ .Id }}' ${reference} 2>/dev/null)
[ "\${i#sha256:}" = "\${n#sha256:}" ] || echo "(made from an image that had this name before)"`,
      ),
      want: config,
    },
  };
}

/** What makes up the container, as opposed to what is done with it. */
function describe(wanted: Options): string {
  const { state: _, pull: _p, recreate: _r, stopTimeout: _s, engine: _e, ...config } = wanted;
  return settingLines(config, ["env"]);
}

/** The old container makes way only when the new one could be made; if not, it is as it was. */
function create(wanted: Options, config: string, hash: string): Script {
  const { name: id, networks, state, stopTimeout } = wanted;
  const [, ...others] = networks;
  const old = `${id}.rcm-old`;
  const labels = {
    ...wanted.labels,
    [HASH_LABEL]: hash,
    [LABEL]: config.trimEnd().replaceAll("\n", "\x1f"),
  };
  const more = sh`${flags(wanted)} ${wanted.image ?? ""} ${commandOf(wanted)} >/dev/null`;
  return sh`if "$e" inspect --type container ${id} >/dev/null 2>&1; then
w=$("$e" inspect --type container -f '{{ .State.Running }}' ${id})
"$e" stop -t ${stopTimeout} ${id} >/dev/null
"$e" rm -f ${old} >/dev/null 2>&1 || :
"$e" rename ${id} ${old}
back() { "$e" rm -f ${id} >/dev/null 2>&1 || :; "$e" rename ${old} ${id}; if [ "$w" = true ]; then "$e" start ${id} >/dev/null; fi; }
else w=false; back() { "$e" rm -f ${id} >/dev/null 2>&1 || :; }; fi
trap back EXIT; trap 'exit 1' HUP INT TERM
${withPairs(sh`"$e" create`, wanted.env, labels, more)}
${sh.lines(...others.map((network) => sh`"$e" network connect ${network} ${id}`))}
trap - EXIT
"$e" rm -f ${old} >/dev/null 2>&1 || :
${state === "present" ? sh`if [ "$w" = true ]; then "$e" start ${id} >/dev/null; fi` : sh``}`;
}

function commandOf({ command = [] }: Options): readonly string[] {
  return typeof command === "string" ? command.trim().split(/\s+/) : command;
}

function flags(wanted: Options): readonly string[] {
  const { networks, memory, cpus } = wanted;
  const one = (flag: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`${flag}=${value}`];
  const all = (flag: string, values: readonly string[]): string[] =>
    values.map((value) => `${flag}=${value}`);
  return [
    `--name=${wanted.name}`,
    `--restart=${wanted.restartPolicy}`,
    ...all("--publish", wanted.ports),
    ...all("--volume", wanted.volumes),
    ...one("--network", networks[0]),
    ...one("--entrypoint", wanted.entrypoint),
    ...one("--user", wanted.user),
    ...one("--workdir", wanted.workdir),
    ...one("--hostname", wanted.hostname),
    ...one("--memory", memory),
    ...one("--cpus", cpus),
    ...all("--cap-add", wanted.capAdd),
    ...all("--cap-drop", wanted.capDrop),
    ...all("--device", wanted.devices),
    ...(wanted.privileged ? ["--privileged"] : []),
    ...(wanted.readOnly ? ["--read-only"] : []),
    ...(wanted.init ? ["--init"] : []),
    ...wanted.extraArgs,
  ];
}

function running(wanted: Options): Property {
  const { name: id, state, stopTimeout } = wanted;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`r=$("$e" inspect --type container -f '{{ .State.Running }}' ${id} 2>/dev/null) || { echo absent; exit 0; }
if [ "$r" = true ]; then echo started; else echo stopped; fi`,
    ),
    want: state,
    apply: applying(
      wanted,
      state === "started"
        ? sh`"$e" start ${id} >/dev/null
sleep 1
if [ "$("$e" inspect --type container -f '{{ .State.Running }}' ${id})" != true ]; then
"$e" logs --tail 5 ${id} >&2 || :; echo "it ended at once, with exit status $("$e" inspect --type container -f '{{ .State.ExitCode }}' ${id}): $("$e" logs --tail 1 ${id} 2>&1)" >&2; exit 1; fi`
        : sh`"$e" stop -t ${stopTimeout} ${id} >/dev/null`,
    ),
  };
}

function absent(wanted: Options): Property {
  const { name: id, stopTimeout } = wanted;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`if "$e" inspect --type container ${id} >/dev/null 2>&1; then echo present; else echo absent; fi`,
    ),
    want: "absent",
    apply: applying(
      wanted,
      sh`"$e" stop -t ${stopTimeout} ${id} >/dev/null 2>&1 || :
"$e" rm -f ${id} >/dev/null`,
    ),
  };
}
