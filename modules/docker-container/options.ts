import { engineLabels, engineVariables, text, z } from "../../src/index.ts";

/** The label that says the configuration. */
export const LABEL = "rcm.config";

/** The label with its hash. */
export const HASH_LABEL = "rcm.hash";

const name = text.regex(/^[A-Za-z0-9][\w.-]*$/, "wanted a name of letters, digits, _, . and -");

const plain = text.regex(/^[^-\s]\S*$/, "wanted a text without spaces that does not begin with -");

const words = z.union([text.min(1), z.array(text).min(1)]);

const size = z.union([
  z.number().int().positive(),
  text.regex(/^\d+(?:\.\d+)?[bkmg]?$/i, 'wanted a size such as "512m"'),
]);

export const options = z
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

export type Options = z.output<typeof options>;
