import { readFile } from "node:fs/promises";
import { fileOf, type LocalFile } from "../shell/file.ts";
import { sh } from "../shell/script.ts";
import { access } from "./kit.ts";
import { asText, diffText, MAX_DIFF, type Placement, place } from "./place.ts";
import type { Property } from "./property.ts";

/** A file of which the content is known on this side. */
export interface Content extends Placement {
  /** False: a file that is there stays as it is. */
  readonly force: boolean;
}

/** The properties of such a file: its content, shown as a diff where it is text, and its owner, group and mode. */
export async function contentProperties(wanted: Content): Promise<Readonly<Record<string, Property>>> {
  const { dest, force } = wanted;
  const source = typeof wanted.source === "string" ? fileOf(wanted.source) : wanted.source;
  const inline = Buffer.isBuffer(source.source) ? asText(source.source) : undefined;
  const apply = place({ ...wanted, source: inline ?? source });
  if (!force) {
    const probe = sh`if [ -e ${dest} ]; then echo present; else echo absent; fi`;
    return { content: { probe, want: "present", apply } };
  }
  const shown = inline ?? (await readText(source));
  return {
    content: {
      probe: sh`if [ -d ${dest} ]; then echo directory; elif ! [ -f ${dest} ]; then echo absent; elif [ -r ${dest} ]; then exec sha256sum <${dest}; else echo ${dest}": permission denied" >&2; exit 126; fi`,
      want: `${source.sha256}  -`, // as sha256sum prints it
      apply,
      show: short,
      ...(shown === undefined ? {} : { text: { was: diffText(dest), want: shown } }),
    },
    ...access({ ...wanted, path: dest }),
  };
}

async function readText({ source, size }: LocalFile): Promise<string | undefined> {
  return typeof source === "string" && size <= MAX_DIFF ? asText(await readFile(source)) : undefined;
}

const short: NonNullable<Property["show"]> = {
  text: false,
  value: (hash) => (/^[0-9a-f]{64} /.test(hash) ? `sha256 ${hash.slice(0, 12)}…` : hash),
};
