import { readFile } from "node:fs/promises";
import { fileOf, type LocalFile } from "../shell/file.ts";
import { sumOf } from "../shell/looks.ts";
import { MAX_DIFF } from "../shell/placing.ts";
import { type Script, sh } from "../shell/script.ts";
import { access } from "./kit.ts";
import { asText, diffText, type Placement, place } from "./place.ts";
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
  const sent = source.isLong && force ? source.alone() : source;
  const apply = place({ ...wanted, source: inline ?? sent });
  if (!force) {
    const probe = sh`if [ -e ${dest} ]; then echo present; else echo absent; fi`;
    return { content: { probe, want: "present", apply } };
  }
  const shown = inline ?? (await readText(source));
  const probe = sumOf(dest);
  const want = `${source.sha256}  -`; // as sha256sum prints it
  return {
    content: {
      probe,
      want,
      apply,
      ...(source.isLong && { recheck: sameAs(sent, dest, want, probe) }),
      show: short,
      ...(shown === undefined ? {} : { text: { was: diffText(dest), want: shown } }),
    },
    ...access({ ...wanted, path: dest }),
  };
}

/** Whether a file is the very one that was sent is known in a fraction of the time that its hash takes. */
function sameAs({ name }: LocalFile, dest: string, want: string, otherwise: Script): Script {
  return sh`if rcm_kept "$RCM_LONG"/${name} ${dest}; then echo ${want}; else ${otherwise}; fi`;
}

async function readText({ source, size }: LocalFile): Promise<string | undefined> {
  return typeof source === "string" && size <= MAX_DIFF ? asText(await readFile(source)) : undefined;
}

const short: NonNullable<Property["show"]> = {
  text: false,
  value: (hash) => (/^[0-9a-f]{64} /.test(hash) ? `sha256 ${hash.slice(0, 12)}…` : hash),
};
