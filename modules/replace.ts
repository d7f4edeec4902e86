import {
  access,
  accessOptions,
  compileRegexp,
  defineModule,
  editedText,
  expandMatch,
  path,
  regexp,
  rewriteOptions,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

const options = z
  .strictObject({
    path: path.describe("the file on the host; it must exist"),
    regexp: regexp.describe(
      "a JavaScript regular expression, of which every match is replaced; `^` and `$` match at every line, `(?i)` before it ignores case, `(?s)` lets `.` match newlines",
    ),
    replace: text
      .default("")
      .describe("what takes its place; `$1`, `$<name>` are what regexp captured, `$$` is a dollar sign"),
    after: regexp
      .optional()
      .describe("only what comes after the first match of this is touched; `.` matches newlines here"),
    before: regexp
      .optional()
      .describe(
        "only what comes before this is touched: before its first match after `after`, without that before its last; `.` matches newlines here",
      ),
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ regexp: source, replace: by }) => !/\\(?:\d|g<)/.test(by) || !/\((?!\?)|\(\?P?</.test(source),
    "replace: what regexp captured is $1 or $<name>, not \\1 or \\g<name>",
  );

type Options = z.output<typeof options>;

/** Replaces text in files. */
export const replace = defineModule({
  name: "replace",
  category: "Files",
  summary: "Replaces all that matches a regular expression in a text file.",
  example:
    'replace({ path: "/etc/hosts", regexp: "\\\\bold\\\\.example\\\\.com\\\\b", replace: "new.example.com" })',
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), hasNone(wanted)),
    ...access(wanted),
  }),
});

/** Where a plain text does not occur, there is nothing to do. */
function hasNone({ path: file, regexp: source }: Options): Script | undefined {
  if (!/^[\w /=:,@%"'<>~#;!&-]+$/.test(source)) return undefined;
  return sh`[ -f ${file} ] && { rcm_put ${source} | LC_ALL=C grep -qF -f - -- ${file}; [ $? = 1 ]; }`;
}

function edit(wanted: Options, before: string | undefined): string {
  if (before === undefined) throw new Error(`${wanted.path} does not exist`);
  const { from, to } = sectionOf(wanted, before);
  const matches = compileRegexp(wanted.regexp, "gm");
  let [section, done] = ["", from];
  for (const match of before.slice(from, to).matchAll(matches)) {
    section += before.slice(done, from + match.index) + expandMatch(match, wanted.replace);
    done = from + match.index + match[0].length;
  }
  return before.slice(0, from) + section + before.slice(done);
}

/** The part that may be touched; an empty one where `after` or `before` does not match. */
function sectionOf(
  { after, before }: Options,
  content: string,
): { readonly from: number; readonly to: number } {
  const start = after === undefined ? undefined : compileRegexp(after, "s").exec(content);
  const from = start ? start.index + start[0].length : 0;
  if (start === null) return { from, to: from };
  if (before === undefined) return { from, to: content.length };
  const ends = [...content.slice(from).matchAll(compileRegexp(before, "gs"))];
  const end = start === undefined ? ends.at(-1) : ends[0];
  return { from, to: from + (end?.index ?? 0) };
}
