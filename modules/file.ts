import {
  access,
  accessOptions,
  defineModule,
  kindOf,
  type Property,
  path,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

const options = z
  .strictObject({
    path: path.describe("the path on the host"),
    state: z
      .enum(["file", "directory", "link", "hard", "touch", "absent"])
      .describe(
        "`file`: exists, made empty if need be; `touch`: the same, with a new time; `link`, `hard`: points to `src`",
      ),
    src: text.min(1).optional().describe("what a link points to"),
    recurse: z
      .boolean()
      .default(false)
      .describe("owner, group and mode hold for everything in the directory"),
    force: z.boolean().default(false).describe("replace something of another kind that is in the way"),
    ...accessOptions,
  })
  .refine(
    ({ state, src }) => (state === "link" || state === "hard") === (src !== undefined),
    "src goes with the states link and hard, and only with them",
  )
  .refine(({ state, recurse }) => !recurse || state === "directory", "recurse goes with the state directory");

type Options = z.output<typeof options>;

/** Manages files, directories and links. */
export const file = defineModule({
  name: "file",
  category: "Files",
  summary: "Makes, removes or touches files, directories and links, and sets owner, group and permissions.",
  example: 'file({ path: "/srv/app", state: "directory", owner: "app", mode: "0750" })',
  options,
  properties: (wanted) => ({
    ...kinds[wanted.state](wanted),
    ...(wanted.state === "absent" || wanted.state === "link"
      ? {}
      : wanted.recurse
        ? recursive(wanted)
        : access(wanted)),
  }),
});

const kinds: Readonly<Record<Options["state"], (wanted: Options) => Readonly<Record<string, Property>>>> = {
  file: (wanted) => ({ state: existing(wanted, "file", sh`: >${wanted.path}`) }),
  directory: (wanted) => ({ state: existing(wanted, "directory", sh`mkdir -p ${wanted.path}`) }),
  absent: ({ path: at }) => ({ state: { probe: kindOf(at), want: "absent", apply: sh`rm -rf ${at}` } }),
  link: (wanted) => ({
    state: existing(wanted, "link", sh`ln -s -- ${wanted.src ?? ""} ${wanted.path}`),
    target: {
      probe: sh`readlink ${wanted.path}`,
      want: wanted.src ?? "",
      apply: sh`ln -sfn -- ${wanted.src ?? ""} ${wanted.path}`,
    },
  }),
  hard: ({ path: at, src = "", force }) => ({
    state: {
      probe: sh`if [ ${at} -ef ${operand(src)} ]; then echo linked; else ${kindOf(at)}; fi`,
      want: "linked",
      apply: force ? sh`ln -f -- ${src} ${at}` : sh`ln -- ${src} ${at}`,
    },
  }),
  touch: (wanted) => {
    const now = String(Math.floor(Date.now() / 1000));
    return {
      state: existing(wanted, "file", sh`: >${wanted.path}`),
      modified: {
        probe: sh`stat -c %Y ${wanted.path} 2>/dev/null`,
        want: now,
        apply: sh`touch -d ${`@${now}`} ${wanted.path}`,
      },
    };
  },
};

function operand(value: string): string {
  return value.startsWith("-") ? `./${value}` : value;
}

/** Links count as what they point to, except where a link is wanted. */
function existing({ path: at, force }: Options, kind: string, make: Script): Property {
  const probe =
    kind === "link"
      ? kindOf(at)
      : sh`if [ -L ${at} ] && [ -e ${at} ]; then ${kindOf(`${at}/.`)}; else ${kindOf(at)}; fi`;
  return {
    probe: kind === "file" ? sh`if [ -f ${at} ]; then echo file; else ${kindOf(at)}; fi` : probe,
    want: kind,
    apply: sh`if [ -e ${at} ] || [ -L ${at} ]; then ${
      force ? sh`rm -rf ${at}` : sh`echo "something else is in the way: set force to replace it" >&2; exit 1`
    }; fi
${make}`,
  };
}

/** How many entries differ, counted by find; 0 is wanted. */
function recursive({ path: at, owner, group, mode }: Options): Readonly<Record<string, Property>> {
  const all = (test: string, value: string, apply: Property["apply"]): Property => ({
    probe: sh`find ${at} ! -type l ! ${test} ${value} -print 2>/dev/null | wc -l | tr -d ' '`,
    want: "0",
    apply,
    show: { text: false, value: (count) => (count === "0" ? `all ${value}` : `${count} others`) },
  });
  return {
    ...(owner === undefined ? {} : { owner: all("-user", owner, sh`chown -R -h ${owner} ${at}`) }),
    ...(group === undefined ? {} : { group: all("-group", group, sh`chgrp -R -h ${group} ${at}`) }),
    ...(mode === undefined ? {} : { mode: all("-perm", mode, sh`chmod -R ${mode} ${at}`) }),
  };
}
