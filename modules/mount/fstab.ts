import { editedText, type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** The line in fstab is there, or is not. */
export function inTable(wanted: Options): Property {
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
