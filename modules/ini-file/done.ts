import { type Script, sh } from "../../src/index.ts";
import { assignment } from "./edit.ts";
import { given, type Options } from "./options.ts";

/**
 * One value that stands there as it would be written, or an option that is not there, needs no look at the file's text.
 * The test counts the option's lines in its section, and those of them that are just as wanted.
 */
export function isDone(wanted: Options): Script | undefined {
  const { path: file, section = "", option, state, exclusive, sectionHasValues } = wanted;
  const values = given(wanted);
  const isPlain = option !== undefined && exclusive && sectionHasValues.length === 0;
  if (!isPlain || (state === "present" && values.length !== 1)) return undefined;
  const count = state === "present" ? "n == 1 && e == 1" : "n == 0";
  return sh`[ -f ${file} ] && rcm_s=${section} rcm_o=${option} rcm_l=${assignment(wanted, values[0])} LC_ALL=C awk ${`
BEGIN { s = ENVIRON["rcm_s"]; o = ENVIRON["rcm_o"]; inside = s == ""; seen = inside }
/^\\[/ {
  inside = 0; t = $0; sub(/^\\[[ \\t]*/, "", t)
  if (!seen && substr(t, 1, length(s)) == s && substr(t, length(s) + 1) ~ /^[ \\t]*\\]/) inside = seen = 1
  next
}
inside {
  t = $0; sub(/^[ \\t]+/, "", t)
  if (substr(t, 1, length(o)) == o && substr(t, length(o) + 1) ~ /^[ \\t\\r]*(=|$)/) { n++; if ($0 == ENVIRON["rcm_l"]) e++ }
}
END { exit !(${count}) }`} <${file}`;
}
