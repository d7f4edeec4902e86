import { accessOptions, insertOptions, path, regexp, rewriteOptions, text, z } from "../../src/index.ts";

export const options = z
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

export type Options = z.output<typeof options>;
