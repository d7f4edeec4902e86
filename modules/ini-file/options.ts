import { accessOptions, path, rewriteOptions, text, z } from "../../src/index.ts";

const word = text.regex(/^[^\n\r]*$/, "wanted a single line");

const name = word.regex(/^\S(?:.*\S)?$/s, "wanted a name that neither begins nor ends with a space");

const optionName = name.regex(/^[^#;[]/, "wanted a name that does not begin with #, ; or [");

const valueOptions = {
  value: word.optional().describe("its value"),
  values: z.array(word).optional().describe("its values, where it may stand several times: a line for each"),
};

const fields = z.strictObject({
  path: path.describe("the file on the host"),
  section: name
    .optional()
    .describe("the section's name, without brackets; left out: what stands before the first section"),
  option: optionName.optional().describe("the option's name; left out: the section as a whole"),
  ...valueOptions,
  state: z
    .enum(["present", "absent"])
    .default("present")
    .describe("whether the option, or the section, is there"),
  exclusive: z
    .boolean()
    .default(true)
    .describe("the option has these values and no others; `false`: other lines of the same option stay"),
  allowNoValue: z
    .boolean()
    .default(false)
    .describe("without a value, the option stands there alone, without `=`"),
  modifyInactiveOption: z
    .boolean()
    .default(true)
    .describe("where the option is not there, use the line in which it stands behind a `#` or `;`"),
  noExtraSpaces: z.boolean().default(false).describe("write `a=b` instead of `a = b`"),
  ignoreSpaces: z.boolean().default(false).describe("leave lines alone that differ only in spaces"),
  sectionHasValues: z
    .array(z.strictObject({ option: optionName, ...valueOptions }))
    .default([])
    .describe("of several sections of that name, take the first that has these options, with these values"),
  create: z.boolean().default(true).describe("make the file when there is none"),
  ...accessOptions,
  ...rewriteOptions,
});

export type Options = z.output<typeof fields>;

export const options = fields
  .refine(
    ({ section, option }) => section !== undefined || option !== undefined,
    "wanted at least one of section and option",
  )
  .refine(
    (all) =>
      [all, ...all.sectionHasValues].every((one) => one.value === undefined || one.values === undefined),
    "value and values exclude each other",
  )
  .refine(
    (all) => all.option !== undefined || (all.value ?? all.values) === undefined,
    "value and values require option to be present",
  )
  .refine(
    (all) => all.state === "absent" || all.option === undefined || all.allowNoValue || given(all).length > 0,
    "an option that is to be present needs value or values, or allowNoValue",
  )
  .refine(
    (all) => all.sectionHasValues.length === 0 || all.section !== undefined,
    "sectionHasValues requires section to be present",
  )
  .refine(
    (all) => !isMoving(all),
    "sectionHasValues goes by the option that is changed, so the section would not be found again: set exclusive to false, or go by another option",
  );

/** The values, of value or of values. */
export function given({ value, values = [] }: Pick<Options, "value" | "values">): readonly string[] {
  return (value === undefined ? values : [value]).map((one) => one.trim());
}

function isMoving(all: Options): boolean {
  if (all.state === "absent" || !all.exclusive) return false;
  const same = all.sectionHasValues.filter(({ option }) => option === all.option);
  return same.some((one) => given(one).some((value) => !given(all).includes(value)));
}
