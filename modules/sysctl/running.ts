import { type Property, sh, withTool } from "../../src/index.ts";
import { slashed } from "./file.ts";
import type { Options } from "./options.ts";

/** The kernel has the value now. */
export function running({ name, value = "" }: Options): Property {
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
