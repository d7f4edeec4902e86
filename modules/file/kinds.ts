import { kindOf, type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** What each state asks for, but for owner, group and mode. */
export const kinds: Readonly<
  Record<Options["state"], (wanted: Options) => Readonly<Record<string, Property>>>
> = {
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
