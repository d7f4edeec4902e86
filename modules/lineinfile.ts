import {
  access,
  accessOptions,
  defineModule,
  editedText,
  path,
  rewriteOptions,
  text,
  z,
} from "../src/index.ts";

const pattern = text.superRefine((source, ctx) => {
  try {
    new RegExp(source, "u");
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
        "a JavaScript regular expression: the last line that matches is replaced, or all are removed",
      ),
    search: text.optional().describe("like regexp, but a text that the line holds"),
    backrefs: z
      .boolean()
      .default(false)
      .describe("`$1` … in `line` are what regexp captured; without a match nothing is changed"),
    insertafter: pattern
      .optional()
      .describe("a new line goes after the last line that matches; `EOF` (the default) at the end"),
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
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before)),
    ...(wanted.state === "present" ? access(wanted) : {}),
  }),
});

function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && wanted.state === "absent") return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist: set create to make it`);
  const lines = (before ?? "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const after = wanted.state === "absent" ? without(wanted, lines) : within(wanted, lines, wanted.line ?? "");
  return after === lines ? before : after.map((line) => `${line}\n`).join("");
}

function matcher({ regexp, search }: Options): ((line: string) => boolean) | undefined {
  if (regexp !== undefined) return (line) => new RegExp(regexp, "u").test(line);
  return search === undefined ? undefined : (line) => line.includes(search);
}

function without(wanted: Options, lines: string[]): string[] {
  const matches = matcher(wanted) ?? ((line: string): boolean => line === wanted.line);
  return lines.some(matches) ? lines.filter((line) => !matches(line)) : lines;
}

function within(wanted: Options, lines: string[], line: string): string[] {
  const matches = matcher(wanted);
  const at = matches ? (wanted.firstmatch ? lines.findIndex(matches) : lines.findLastIndex(matches)) : -1;
  if (at >= 0) return replaced(lines, at, wanted.backrefs ? expand(wanted, lines[at] ?? "", line) : line);
  if (wanted.backrefs || lines.includes(line)) return lines;
  return lines.toSpliced(insertion(wanted, lines), 0, line);
}

function replaced(lines: string[], at: number, line: string): string[] {
  return lines[at] === line ? lines : lines.with(at, line);
}

function expand({ regexp = "" }: Options, old: string, line: string): string {
  const match = new RegExp(regexp, "u").exec(old);
  return line.replaceAll(/\$(\d+|\$)/g, (whole, group: string) =>
    group === "$" ? "$" : (match?.[Number(group)] ?? (match && Number(group) < match.length ? "" : whole)),
  );
}

/** Where a new line goes; at the end when nothing matches. */
function insertion({ insertafter, insertbefore, firstmatch }: Options, lines: readonly string[]): number {
  if (insertbefore === "BOF") return 0;
  const source = insertbefore ?? insertafter;
  if (source === undefined || source === "EOF") return lines.length;
  const matches = (line: string): boolean => new RegExp(source, "u").test(line);
  const at =
    insertbefore !== undefined || firstmatch ? lines.findIndex(matches) : lines.findLastIndex(matches);
  return at < 0 ? lines.length : insertbefore === undefined ? at + 1 : at;
}
