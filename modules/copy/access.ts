import { chunks, type Property, type Script, sh } from "../../src/index.ts";
import type { Entry } from "./entries.ts";
import type { Options } from "./options.ts";

/** Owner, group and mode of all files of the folder, as the number of those that are as wanted. */
export function accessOfAll(
  { owner, group, mode }: Options,
  root: string,
  files: readonly Entry[],
): Readonly<Record<string, Property>> {
  const paths = chunks(files.map(({ path: name }) => `${root}/${name}`));
  const all = (format: string, value: string, change: Script): Property => ({
    probe: sh`{
${sh.lines(...paths.map((some) => sh`stat -L -c ${format} ${some} 2>/dev/null || :`))}
} | grep -cxF ${value.replace(/^0+(?=\d+$)/, "")}`,
    want: String(files.length),
    apply: sh.lines(...paths.map((some) => sh`${change} ${some}`)),
    show: { text: false, value: (count) => `${count} of ${files.length} ${value}` },
  });
  const isNumber = (name: string): boolean => /^\d+$/.test(name);
  return {
    ...(owner === undefined ? {} : { owner: all(isNumber(owner) ? "%u" : "%U", owner, sh`chown ${owner}`) }),
    ...(group === undefined ? {} : { group: all(isNumber(group) ? "%g" : "%G", group, sh`chgrp ${group}`) }),
    ...(mode === undefined ? {} : { mode: all("%a", mode, sh`chmod ${mode}`) }),
  };
}
