import {
  defineModule,
  editedText,
  effect,
  type Property,
  path,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

/** Options of a mount that the kernel tells by their own name. */
const TOLD = ["ro", "rw", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "sync"];
/** Options that are told by the lack of another. */
const UNTOLD: Readonly<Record<string, string>> = {
  suid: "nosuid",
  dev: "nodev",
  exec: "noexec",
  async: "sync",
};

const field = text.min(1).refine((value) => !/[\r\n]/.test(value), "wanted a single line");

const options = z
  .strictObject({
    path: path
      .refine((value) => value.startsWith("/"), "wanted a path from /")
      .transform((value) => value.replace(/(.)\/+$/, "$1"))
      .describe("where it is mounted"),
    state: z
      .enum(["mounted", "present", "unmounted", "absent", "remounted", "ephemeral"])
      .describe(
        "`mounted`: now and in fstab; `present`: only in fstab; `unmounted`: not now; `absent`: neither, and an empty directory goes, too; `remounted`: mounted again, each time; `ephemeral`: now, and not in fstab",
      ),
    src: field.optional().describe("what is mounted: a device, `UUID=…`, `host:/dir`, a directory"),
    fstype: field.optional().describe("kind of the file system; `none` with the option `bind`"),
    opts: field.default("defaults").describe("options, with commas between them"),
    dump: z.int().min(0).max(9).default(0).describe("fifth field of fstab"),
    passno: z.int().min(0).max(9).default(0).describe("when fsck looks at it at boot: sixth field of fstab"),
    boot: z.boolean().default(true).describe("false: it is not mounted at boot (`noauto`)"),
    fstab: path.default("/etc/fstab").describe("the table of file systems"),
    backup: z.boolean().default(false).describe("keep the old fstab beside the new one"),
  })
  .refine(
    ({ state, src, fstype }) =>
      !["mounted", "present", "ephemeral"].includes(state) || (src !== undefined && fstype !== undefined),
    "the states mounted, present and ephemeral require src and fstype",
  );

type Options = z.output<typeof options>;

/** Manages mounts. */
export const mount = defineModule({
  name: "mount",
  category: "System",
  summary: "Mounts and unmounts file systems, now and in fstab.",
  example: 'mount({ path: "/data", src: "UUID=0a3b…", fstype: "ext4", opts: "noatime", state: "mounted" })',
  options,
  properties: (wanted) => states[wanted.state](wanted),
});

const states: Readonly<Record<Options["state"], (wanted: Options) => Readonly<Record<string, Property>>>> = {
  mounted: (wanted) => ({ fstab: inTable(wanted), ...live(wanted) }),
  present: (wanted) => ({ fstab: inTable(wanted) }),
  ephemeral: live,
  unmounted: (wanted) => ({ mount: unmounted(wanted) }),
  absent: (wanted) => ({
    mount: unmounted(wanted),
    fstab: inTable(wanted),
    directory: withoutDirectory(wanted),
  }),
  remounted: ({ path: at, opts }) => ({
    mount: effect({
      probe: sh`${find(at)}; if [ -n "$m" ]; then echo mounted; else echo "not mounted"; fi`,
      done: "remounted",
      apply: sh`mount -o ${opts === "defaults" ? "remount" : `remount,${opts}`} ${at}`,
    }),
  }),
};

/** Sets `m`, the kind of what is mounted last at a path, empty for nothing; `s` and `o` are source and options. */
function find(at: string): Script {
  return sh`w=$(readlink -f ${at}) || w=${at}
w=$(printf '%s\n' "$w" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g; s/\t/\\\\011/g')
m= s= o=; while read -r a b c d e; do if [ "$b" = "$w" ]; then s=$a m=$c o=$d; fi; done </proc/self/mounts`;
}

/** Mounted now: the right thing, with the options that the kernel tells of. */
function live(wanted: Options): Readonly<Record<string, Property>> {
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

function unmounted({ path: at }: Options): Property {
  const probe = sh`${find(at)}; if [ -n "$m" ]; then echo mounted; else echo "not mounted"; fi`;
  // One mount may hide another.
  return {
    probe,
    want: "not mounted",
    apply: sh`${find(at)}; while [ -n "$m" ]; do umount ${at}; ${find(at)}; done`,
  };
}

/** A directory that only was there to be mounted on; one that is not empty stays. */
function withoutDirectory({ path: at }: Options): Property {
  return {
    probe: sh`${find(at)}; if [ -d ${at} ] && { [ -n "$m" ] || [ -z "$(ls -A ${at})" ]; }; then echo present; else echo absent; fi`,
    want: "absent",
    apply: sh`rmdir ${at}`,
  };
}

function inTable(wanted: Options): Property {
  const { fstab, backup } = wanted;
  const edited = editedText({ dest: fstab, backup }, (before) => edit(wanted, before));
  const place = edited.apply as Exclude<Property["apply"], Script>;
  if (fstab !== "/etc/fstab") return edited;
  return {
    ...edited,
    // systemd has made units of the old one.
    apply: async (was, want) => sh`${await place(was, want)}
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`,
  };
}

/** One line, where the last one was; fields that are right stay as they are written. */
function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && wanted.state === "absent") return undefined;
  const lines = (before ?? "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const fields = fieldsOf(wanted);
  const isOwn = (line: string): boolean =>
    !/^\s*#/.test(line) &&
    unescaped(line.trim().split(/\s+/)[1] ?? "").replace(/(.)\/+$/, "$1") === wanted.path;
  const last = lines.findLastIndex(isOwn);
  const old = lines[last]?.trim().split(/\s+/) ?? [];
  const isRight = fields.every((value, i) => (old[i] ?? "0") === value);
  const line = last >= 0 && isRight ? (lines[last] ?? "") : fields.join(" ");
  const rest = lines.slice(last + 1);
  const entry = wanted.state === "absent" ? [] : [line];
  const after =
    last < 0
      ? [...lines, ...entry]
      : [...lines.slice(0, last).filter((one) => !isOwn(one)), ...entry, ...rest];
  if (after.length === lines.length && after.every((one, i) => one === lines[i])) return before;
  return after.map((one) => `${one}\n`).join("");
}

function fieldsOf({ src = "", path: at, fstype = "", opts, boot, dump, passno }: Options): readonly string[] {
  const all = boot || opts.split(",").includes("noauto") ? opts : `${opts},noauto`;
  return [escaped(src), escaped(at), escaped(fstype), escaped(all), String(dump), String(passno)];
}

/** As fstab wants blanks: `\040`. */
function escaped(value: string): string {
  return value.replaceAll(/[\s\\]|^#/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
