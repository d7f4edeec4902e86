import { posix } from "node:path";
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
    path: path.transform((value) => value.replace(/(.)\/+$/, "$1")).describe("the path on the host"),
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
  .refine(({ state, recurse }) => !recurse || state === "directory", "recurse goes with the state directory")
  .refine(
    ({ state, owner, group, mode }) => state !== "link" || (owner ?? group ?? mode) === undefined,
    "owner, group and mode are those of what the link points to: set them there",
  )
  .refine(
    ({ state, force, path: at }) => !(state === "absent" || force) || posix.normalize(at) !== "/",
    "the root directory cannot be removed",
  );

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
      apply: sh.lines(
        sh`if ! [ -f ${operand(src)} ]; then echo ${`there is no file ${src} to link to`} >&2; exit 1; fi`,
        clear(at, force),
        sh`ln -- ${operand(src)} ${at}`,
      ),
    },
  }),
  touch: (wanted) => {
    const now = String(Math.floor(Date.now() / 1000));
    return {
      state: existing(wanted, "present", sh`: >${wanted.path}`),
      modified: {
        probe: sh`stat -L -c %Y ${wanted.path} 2>/dev/null`,
        want: now,
        apply: sh`touch -d ${`@${now}`} ${wanted.path}`,
        show: { text: false, value: (s) => (s === "" ? s : new Date(Number(s) * 1000).toISOString()) },
      },
    };
  },
};

function operand(value: string): string {
  return value.startsWith("-") ? `./${value}` : value;
}

/** Links count as what they point to, except where a link is wanted. */
function existing({ path: at, force }: Options, kind: string, make: Script): Property {
  const probes: Readonly<Record<string, Script>> = {
    link: kindOf(at),
    file: sh`if [ -f ${at} ]; then echo file; else ${kindOf(at)}; fi`,
    directory: sh`if [ -d ${at} ]; then echo directory; else ${kindOf(at)}; fi`,
    present: sh`if [ -e ${at} ]; then echo present; else ${kindOf(at)}; fi`,
  };
  return { probe: probes[kind] ?? kindOf(at), want: kind, apply: sh.lines(clear(at, force), make) };
}

/** Makes way, if that is allowed. */
function clear(at: string, force: boolean): Script {
  return sh`if [ -e ${at} ] || [ -L ${at} ]; then ${
    force
      ? sh`rm -rf ${at}`
      : sh`k=$(${kindOf(at)}); echo ${at}" is in the way, a $k: set force to replace it" >&2; exit 1`
  }; fi`;
}

/** How many entries differ, counted by find; 0 is wanted. */
function recursive({ path: at, owner, group, mode }: Options): Readonly<Record<string, Property>> {
  // Find takes ( and ! for its own, and follows a link only to what is behind its /.
  const root = `${at.startsWith("/") ? "" : "./"}${at}/`;
  const all = (test: string, value: string, change: Script): Property => ({
    probe: sh`if [ -d ${at} ]; then l=$(find ${root} ! -type l ! ${test} ${value} -print) || exit 126
if [ -z "$l" ]; then echo 0; else echo "$l" | wc -l | tr -d ' '; fi; else echo absent; fi`,
    want: "0",
    apply: sh`find ${root} -depth ! -type l ! ${test} ${value} -exec ${change} {} +`,
    show: { text: false, value: (count) => shown(count, value) },
  });
  return {
    ...(owner === undefined ? {} : { owner: all("-user", owner, sh`chown ${owner}`) }),
    ...(group === undefined ? {} : { group: all("-group", group, sh`chgrp ${group}`) }),
    ...(mode === undefined ? {} : { mode: all("-perm", mode, sh`chmod ${mode.padStart(5, "0")}`) }),
  };
}

function shown(count: string, value: string): string {
  return count === "0" ? `all ${value}` : count === "absent" ? count : `${count} others`;
}
