import { accessOptions, path, regexp, rewriteOptions, text, z } from "../../src/index.ts";

export const options = z
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

export type Options = z.output<typeof options>;
