import { type Property, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";
import { applying, asLines, probing } from "./with-brew.ts";

/** The taps are there, or are not. */
export function taps(wanted: Options, names: readonly string[]): Property {
  const isAbsent = wanted.state === "absent" && wanted.name === undefined;
  const want = isAbsent ? "absent" : "present";
  // Brew writes them in lower case.
  const each = names.map((one) => one.toLowerCase());
  const url = wanted.tapUrl === undefined ? [] : [wanted.tapUrl];
  return {
    probe: probing(
      wanted,
      sh`for n in ${each}; do echo "$n absent"; done`,
      sh`t=$(brew tap) || exit 126
for n in ${each}; do if printf '%s\\n' "$t" | grep -qxF -e "$n"; then echo "$n present"; else echo "$n absent"; fi; done`,
    ),
    want: each.map((one) => `${one} ${want}`).join("\n"),
    apply: applying(
      wanted,
      sh`t=$(brew tap)
for n in ${each}; do if printf '%s\\n' "$t" | grep -qxF -e "$n"; then ${isAbsent ? sh`brew untap "$n"` : sh`:`}; else ${isAbsent ? sh`:` : sh`brew tap "$n" ${url}`}; fi; done`,
    ),
    show: asLines(each),
  };
}
