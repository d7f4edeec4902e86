import {
  access,
  accessOptions,
  defineModule,
  editedText,
  path,
  rewriteOptions,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

const pattern = text.superRefine((source, ctx) => {
  try {
    compile(source);
  } catch (error) {
    ctx.addIssue({ code: "custom", message: `Invalid regexp pattern: ${(error as Error).message}` });
  }
});

const options = z
  .strictObject({
    path: path.describe("the file on the host"),
    line: text
      .refine((line) => !line.includes("\n"), "wanted a single line")
      .optional()
      .describe("the line; required for the state present"),
    state: z.enum(["present", "absent"]).default("present").describe("whether the line is there"),
    regexp: pattern
      .optional()
      .describe(
        "a JavaScript regular expression, `(?i)` before it ignores case: the last line that matches is replaced, or all are removed",
      ),
    search: text.optional().describe("like regexp, but a text that the line holds"),
    backrefs: z
      .boolean()
      .default(false)
      .describe("`$1` … in `line` are what regexp captured; without a match nothing is changed"),
    insertafter: pattern
      .optional()
      .describe(
        "a new line goes after the last line that matches; `EOF` (the default) at the end, `BOF` at the beginning",
      ),
    insertbefore: pattern
      .optional()
      .describe("a new line goes before the first line that matches; `BOF` at the beginning"),
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
  return sh`[ -f ${path} ] && LC_ALL=C grep -qxF -e ${line} -- ${path}`;
}

function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && wanted.state === "absent") return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist: set create to make it`);
  const lines = linesOf(before ?? "");
  const after = wanted.state === "absent" ? without(wanted, lines) : within(wanted, lines, wanted.line ?? "");
  if (after === lines) return before;
  const end = lines[0]?.end || "\n";
  return after.map((line) => `${line.text}${line.end || end}`).join("");
}

/** A line, and what ends it; nothing at the end of a file that lacks its last newline. */
interface Line {
  readonly text: string;
  readonly end: string;
}

/** Only a file whose first line ends with CR LF is taken for one of Windows. */
function linesOf(text: string): readonly Line[] {
  const isWindows = /^[^\n]*\r\n/.test(text);
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const end = (isWindows ? /\r?\n$/ : /\n$/).exec(line)?.[0] ?? "";
    return { text: line.slice(0, line.length - end.length), end };
  });
}

function matcher({ regexp, search }: Options): ((line: Line) => boolean) | undefined {
  if (regexp !== undefined) return matching(regexp);
  return search === undefined ? undefined : ({ text: line }) => line.includes(search);
}

function matching(source: string): (line: Line) => boolean {
  const regexp = compile(source);
  return ({ text: line }) => regexp.test(line);
}

/** Flags may stand in front, as in Python, and any punctuation may have a backslash. */
function compile(source: string): RegExp {
  const [, flags = "", pattern = ""] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(source) ?? [];
  const escaped = pattern.replaceAll(/\\([\s\S])/g, (whole, letter: string) =>
    /[ "#%&',:;<=>@_`~!-]/.test(letter) ? `\\x${letter.charCodeAt(0).toString(16)}` : whole,
  );
  return new RegExp(escaped, `u${[...new Set(flags)].join("")}`);
}

function without(wanted: Options, lines: readonly Line[]): readonly Line[] {
  const matches = matcher(wanted) ?? ((line: Line): boolean => line.text === wanted.line);
  return lines.some(matches) ? lines.filter((line) => !matches(line)) : lines;
}

function within(wanted: Options, lines: readonly Line[], given: string): readonly Line[] {
  const end = lines[0]?.end || "\n";
  const line = end === "\r\n" ? given.replace(/\r$/, "") : given;
  const matches = matcher(wanted);
  const at = matches ? (wanted.firstmatch ? lines.findIndex(matches) : lines.findLastIndex(matches)) : -1;
  const old = lines[at];
  if (old) return replaced(lines, at, wanted.backrefs ? expand(wanted, old.text, line) : line);
  if (wanted.backrefs || lines.some(({ text: there }) => there === line)) return lines;
  return lines.toSpliced(insertion(wanted, lines), 0, { text: line, end });
}

function replaced(lines: readonly Line[], at: number, line: string): readonly Line[] {
  const old = lines[at];
  return old === undefined || old.text === line ? lines : lines.with(at, { ...old, text: line });
}

function expand({ regexp = "" }: Options, old: string, line: string): string {
  const match = compile(regexp).exec(old);
  return line.replaceAll(/\$(\d+|\$)/g, (whole, group: string) =>
    group === "$" ? "$" : (match?.[Number(group)] ?? (match && Number(group) < match.length ? "" : whole)),
  );
}

/** Where a new line goes; at the end when nothing matches. */
function insertion({ insertafter, insertbefore, firstmatch }: Options, lines: readonly Line[]): number {
  const source = insertbefore ?? insertafter;
  if (source === "BOF") return 0;
  if (source === undefined || source === "EOF") return lines.length;
  const matches = matching(source);
  const at =
    insertbefore !== undefined || firstmatch ? lines.findIndex(matches) : lines.findLastIndex(matches);
  return at < 0 ? lines.length : insertbefore === undefined ? at + 1 : at;
}
