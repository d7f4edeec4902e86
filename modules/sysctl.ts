import { defineModule, editedText, type Property, path, sh, text, withTool, z } from "../src/index.ts";

const options = z
  .strictObject({
    name: text
      .regex(
        /^[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_:-]+)+$/,
        "wanted the name of a kernel parameter, such as net.ipv4.ip_forward",
      )
      .describe("the parameter, with . or /"),
    value: z
      .union([z.int(), text.min(1)])
      .transform((value) =>
        String(value)
          .trim()
          .replaceAll(/[ \t]+/g, " "),
      )
      .refine((value) => !/[\r\n]/.test(value), "wanted a single line")
      .optional()
      .describe("its value; required for the state present"),
    state: z
      .enum(["present", "absent"])
      .default("present")
      .describe("`absent`: the file says nothing of it any more; it keeps its value until the next boot"),
    file: path.default("/etc/sysctl.d/90-rcm.conf").describe("where it is set for the next boot"),
    reload: z.boolean().default(true).describe("it gets the value now, too"),
  })
  .refine(
    ({ state, value }) => state === "absent" || value !== undefined,
    "value is required for the state present",
  );

type Options = z.output<typeof options>;

/** Sets kernel parameters. */
export const sysctl = defineModule({
  name: "sysctl",
  category: "System",
  summary: "Sets a kernel parameter, now and for the next boot.",
  example: 'sysctl({ name: "net.ipv4.ip_forward", value: 1 })',
  options,
  properties: (wanted) => ({
    file: editedText({ dest: wanted.file }, (before) => edit(wanted, before)),
    ...(wanted.state === "present" && wanted.reload ? { value: running(wanted) } : {}),
  }),
});

/** As below /proc/sys: where the first separator is a dot, dots and slashes change places. */
function slashed(name: string): string {
  if (/^[^./]*\//.test(name)) return name;
  return name.replaceAll(/[./]/g, (one) => (one === "." ? "/" : "."));
}

function running({ name, value = "" }: Options): Property {
  const at = slashed(name);
  const file = `/proc/sys/${at}`;
  return {
    probe: sh`if [ -e ${file} ]; then tr -s '\t ' '  ' <${file}; else echo absent; fi`,
    want: value,
    apply: sh.lines(
      sh`if ! [ -e ${file} ]; then echo ${`the kernel has no ${name}: is the module loaded that it belongs to?`} >&2; exit 1; fi`,
      withTool({ sysctl: sh`sysctl -w ${`${at}=${value}`} >/dev/null` }),
    ),
  };
}

/** One line, where the last one was; a value that is there already stays as it is written. */
function edit({ name, value, state }: Options, before: string | undefined): string | undefined {
  const lines = (before ?? "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const valueIn = (line: string): string | undefined => {
    const [, key, said] = /^\s*-?\s*([^#;=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key !== undefined && slashed(key) === slashed(name) ? said : undefined;
  };
  const last = lines.findLastIndex((line) => valueIn(line) !== undefined);
  const old = lines[last];
  const isRight = old !== undefined && valueIn(old)?.replaceAll(/[ \t]+/g, " ") === value;
  const wanted = state === "absent" ? [] : [isRight ? old : `${name} = ${value}`];
  const others = (line: string): boolean => valueIn(line) === undefined;
  const after =
    last < 0
      ? [...lines, ...wanted]
      : [...lines.slice(0, last).filter(others), ...wanted, ...lines.slice(last + 1)];
  if (after.length === lines.length && after.every((line, i) => line === lines[i])) return before;
  return after.map((line) => `${line}\n`).join("");
}
