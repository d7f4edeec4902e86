import { type Property, sh } from "../../src/index.ts";
import { applying, probing } from "./engine.ts";
import type { Options } from "./options.ts";

/** The host has the image. */
export function image(wanted: Options): Property {
  const { image: reference = "", pull } = wanted;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`if "$e" image inspect ${reference} >/dev/null 2>&1; then echo present; else echo absent; fi`,
    ),
    want: "present",
    apply: applying(
      wanted,
      pull === "never"
        ? sh`echo "there is no image "${reference}" on the host, and pull is never" >&2; exit 1`
        : sh`"$e" pull -q ${reference}`,
    ),
  };
}
