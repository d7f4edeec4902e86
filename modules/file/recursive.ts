import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** How many entries differ, counted by find; 0 is wanted. */
export function recursive({ path: at, owner, group, mode }: Options): Readonly<Record<string, Property>> {
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
