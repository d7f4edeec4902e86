import {
  access,
  accessOptions,
  compileRegexp,
  defineModule,
  editedText,
  endOfLines,
  expandMatch,
  insertionPoint,
  insertOptions,
  type Line,
  lineMatcher,
  linesOf,
  path,
  regexp,
  rewriteOptions,
  type Script,
  sh,
  text,
  textOf,
  z,
} from "../src/index.ts";

const options = z
  .strictObject({
    path: path.describe("the file on the host"),
    line: text
      .refine((line) => !line.includes("\n"), "wanted a single line")
      .optional()
      .describe("the line; required for the state present"),
    state: z.enum(["present", "absent"]).default("present").describe("whether the line is there"),
    regexp: regexp
      .optional()
      .describe(
        "a JavaScript regular expression, `(?i)` before it ignores case: the last line that matches is replaced, or all are removed",
      ),
    search: text.optional().describe("like regexp, but a text that the line holds"),
    backrefs: z
      .boolean()
      .default(false)
      .describe("`$1` … in `line` are what regexp captured; without a match nothing is changed"),
    ...insertOptions,
    firstmatch: z
      .boolean()
      .default(false)
      .describe("insertafter and regexp mean the first match, not the last"),
    create: z.boolean().default(false).describe("make the file when there is none"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ state, line }) => state === "absent" || line !== undefined,
    "line is required for the state present",
  )
  .refine(
    ({ state, line, regexp, search }) =>
      state === "present" || line !== undefined || regexp !== undefined || search !== undefined,
    "one of line, regexp and search is required",
  )
  .refine(
    ({ regexp, search }) => regexp === undefined || search === undefined,
    "regexp and search exclude each other",
  )
  .refine(
    ({ insertafter, insertbefore }) => insertafter === undefined || insertbefore === undefined,
    "insertafter and insertbefore exclude each other",
  )
  .refine(
    ({ backrefs, regexp }) => !backrefs || regexp !== undefined,
    "backrefs requires regexp to be present",
  )
  .refine(
    ({ backrefs, line }) => !backrefs || !/\\\d/.test(line ?? ""),
    "backrefs: what regexp captured is $1, not \\1",
  );

type Options = z.output<typeof options>;

/** Manages single lines of text files. */
export const lineinfile = defineModule({
  name: "lineinfile",
  category: "Files",
  summary: "Makes sure that a line is, or is not, in a text file.",
  example:
    'lineinfile({ path: "/etc/ssh/sshd_config", regexp: "^#?PermitRootLogin", line: "PermitRootLogin no", validate: "sshd -t -f %s" })',
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), isThere(wanted)),
    ...(wanted.state === "present" ? access(wanted) : {}),
  }),
});

/** A line that is there as it stands needs no look at the file's text. */
function isThere({ path, state, line, regexp, search }: Options): Script | undefined {
  const isPlain = state === "present" && regexp === undefined && search === undefined;
  if (!isPlain || line === undefined) return undefined;
  return sh.inline`[ -f ${path} ] && rcm_has ${line} ${path}`;
}

function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && wanted.state === "absent") return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist: set create to make it`);
  const lines = linesOf(before ?? "");
  const after = wanted.state === "absent" ? without(wanted, lines) : within(wanted, lines, wanted.line ?? "");
  return after === lines ? before : textOf(after, endOfLines(lines));
}

function matcher({ regexp, search }: Options): ((line: Line) => boolean) | undefined {
  if (regexp !== undefined) return lineMatcher(regexp);
  return search === undefined ? undefined : ({ text: line }) => line.includes(search);
}

function without(wanted: Options, lines: readonly Line[]): readonly Line[] {
  const matches = matcher(wanted) ?? ((line: Line): boolean => line.text === wanted.line);
  return lines.some(matches) ? lines.filter((line) => !matches(line)) : lines;
}

function within(wanted: Options, lines: readonly Line[], given: string): readonly Line[] {
  const end = endOfLines(lines);
  const line = end === "\r\n" ? given.replace(/\r$/, "") : given;
  const matches = matcher(wanted);
  const at = matches ? (wanted.firstmatch ? lines.findIndex(matches) : lines.findLastIndex(matches)) : -1;
  const old = lines[at];
  if (old) return replaced(lines, at, wanted.backrefs ? expand(wanted, old.text, line) : line);
  if (wanted.backrefs || lines.some(({ text: there }) => there === line)) return lines;
  return lines.toSpliced(insertionPoint(wanted, lines), 0, { text: line, end });
}

function replaced(lines: readonly Line[], at: number, line: string): readonly Line[] {
  const old = lines[at];
  return old === undefined || old.text === line ? lines : lines.with(at, { ...old, text: line });
}

function expand({ regexp = "" }: Options, old: string, line: string): string {
  const match = compileRegexp(regexp).exec(old);
  return match ? expandMatch(match, line) : line;
}
