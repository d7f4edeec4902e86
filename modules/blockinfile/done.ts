import { createHash } from "node:crypto";
import { type Script, sh, textOf } from "../../src/index.ts";
import { blockOf, isWanted } from "./edit.ts";
import { markersOf, type Options } from "./options.ts";

/** A block that is there as it stands, or none at all, needs no look at the file's text. */
export function isDone(wanted: Options): Script | undefined {
  const { begin, end } = markersOf(wanted);
  if (!isWanted(wanted)) {
    const markers = [begin, end, `${begin}\r`, `${end}\r`].flatMap((marker) => ["-e", marker]);
    return sh`[ -f ${wanted.path} ] && { LC_ALL=C grep -qxF ${markers} -- ${wanted.path}; [ $? = 1 ]; }`;
  }
  if (wanted.prependNewline || wanted.appendNewline) return undefined;
  const hash = createHash("sha256")
    .update(textOf(blockOf(wanted, "\n"), "\n"))
    .digest("hex");
  const range = `/^${asPattern(begin)}$/,/^${asPattern(end)}$/p`;
  return sh`[ -f ${wanted.path} ] && [ "$(LC_ALL=C sed -n ${range} <${wanted.path} | sha256sum)" = ${`${hash}  -`} ]`;
}

/** A basic regular expression that matches just this. */
function asPattern(literal: string): string {
  return literal.replaceAll(/[\\/.*[\]^$]/g, "\\$&");
}
