import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** Options of a mount that the kernel tells by their own name. */
const TOLD = ["ro", "rw", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "sync"];

/** Options that are told by the lack of another. */
const UNTOLD: Readonly<Record<string, string>> = {
  suid: "nosuid",
  dev: "nodev",
  exec: "noexec",
  async: "sync",
};

/** Sets `m`, the kind of what is mounted last at a path, empty for nothing; `s` and `o` are source and options. */
export function find(at: string): Script {
  return sh`w=$(readlink -f ${at}) || w=${at}
w=$(printf '%s\n' "$w" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g; s/\t/\\\\011/g')
m= s= o=; while read -r a b c d e; do if [ "$b" = "$w" ]; then s=$a m=$c o=$d; fi; done </proc/self/mounts`;
}

/** Mounted now: the right thing, with the options that the kernel tells of. */
export function live(wanted: Options): Readonly<Record<string, Property>> {
  const { path: at, src = "", fstype = "", opts } = wanted;
  const list = opts.split(",");
  // What the kernel calls the source is something else for these.
  const isOpaque = list.some((one) => /^r?bind$|^loop/.test(one)) || /^fuse|^(?:auto|none)$/.test(fstype);
  const isRight = isOpaque ? sh`:` : sh`same ${src} && [ "$m" = ${fstype} ]`;
  const checked = list.filter((one) => TOLD.includes(one) || one in UNTOLD);
  const bind = list.find((one) => /^r?bind$/.test(one)) === undefined ? "" : "bind,";
  return {
    mount: {
      probe: sh`same() { case $1 in UUID=* | LABEL=* | PARTUUID=* | PARTLABEL=*) l=$(findfs "$1" 2>/dev/null) || return 0; [ "$(readlink -f "$l")" = "$(readlink -f "$s")" ] ;; /dev/*) [ "$(readlink -f "$1")" = "$(readlink -f "$s")" ] ;; *) [ "$1" = "$s" ] ;; esac; }
${find(at)}; if [ -z "$m" ]; then echo "not mounted"; elif ${isRight}; then echo mounted; else echo "$s ($m)"; fi`,
      want: "mounted",
      apply: sh`${find(at)}; if [ -n "$m" ]; then echo "$s ($m) is mounted on "${at}": unmount it first" >&2; exit 1; fi
[ -d ${at} ] || mkdir -p ${at}
mount -t ${fstype} -o ${opts} -- ${src} ${at}`,
    },
    ...(checked.length === 0
      ? {}
      : {
          options: {
            probe: sh`${find(at)}; l=; if [ -n "$m" ]; then
${sh.lines(...checked.map(hasOption))}
fi; echo "\${l#,}"`,
            want: checked.join(","),
            apply: sh`mount -o ${`remount,${bind}${opts}`} ${at}`,
          },
        }),
  };
}

/** Adds an option to `l` if the mount has it. */
function hasOption(name: string): Script {
  const opposite = UNTOLD[name];
  return opposite === undefined
    ? sh`case ,$o, in *,${name},*) l=$l,${name} ;; esac`
    : sh`case ,$o, in *,${opposite},*) ;; *) l=$l,${name} ;; esac`;
}

/** Nothing is mounted there. */
export function unmounted({ path: at }: Options): Property {
  const probe = sh`${find(at)}; if [ -n "$m" ]; then echo mounted; else echo "not mounted"; fi`;
  // One mount may hide another.
  return {
    probe,
    want: "not mounted",
    apply: sh`${find(at)}; while [ -n "$m" ]; do umount ${at}; ${find(at)}; done`,
  };
}

/** A directory that only was there to be mounted on; one that is not empty stays. */
export function withoutDirectory({ path: at }: Options): Property {
  return {
    probe: sh`${find(at)}; if [ -d ${at} ] && { [ -n "$m" ] || [ -z "$(ls -A ${at})" ]; }; then echo present; else echo absent; fi`,
    want: "absent",
    apply: sh`rmdir ${at}`,
  };
}
