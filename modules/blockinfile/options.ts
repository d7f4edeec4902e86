import { accessOptions, insertOptions, linesOf, path, rewriteOptions, text, z } from "../../src/index.ts";

const DEFAULT_MARKER = "# {mark} RCM MANAGED BLOCK";

const line = text.min(1).regex(/^[^\n\r]*$/, "wanted a single line");

export const options = z
  .strictObject({
    path: path.describe("the file on the host"),
    block: text
      .optional()
      .describe(
        'the text between the two marker lines; required for the state present, where `""` removes it all',
      ),
    state: z.enum(["present", "absent"]).default("present").describe("whether the block is there"),
    marker: line
      .refine((value) => value.includes("{mark}"), "wanted a line with {mark} where BEGIN and END go")
      .optional()
      .describe(
        `both marker lines, with \`{mark}\` for BEGIN and END: \`${DEFAULT_MARKER}\` unless said otherwise`,
      ),
    markerBegin: line
      .optional()
      .describe("the line before the block; with `marker` only what `{mark}` stands for, instead of BEGIN"),
    markerEnd: line
      .optional()
      .describe("the line after the block; with `marker` only what `{mark}` stands for, instead of END"),
    ...insertOptions,
    prependNewline: z
      .boolean()
      .default(false)
      .describe("an empty line before the block, if it is not the first"),
    appendNewline: z
      .boolean()
      .default(false)
      .describe("an empty line after the block, if it is not the last"),
    create: z.boolean().default(false).describe("make the file when there is none"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ state, block }) => state === "absent" || block !== undefined,
    "block is required for the state present",
  )
  .refine(
    ({ insertafter, insertbefore }) => insertafter === undefined || insertbefore === undefined,
    "insertafter and insertbefore exclude each other",
  )
  .refine((wanted) => {
    const { begin, end } = markersOf(wanted);
    return begin !== end;
  }, "the two marker lines must differ")
  .refine((wanted) => {
    const { begin, end } = markersOf(wanted);
    return !linesOf(wanted.block ?? "").some((one) => [begin, end].includes(one.text));
  }, "block holds one of its own marker lines: choose another marker");

export type Options = z.output<typeof options>;

/** The two marker lines. */
export function markersOf({
  marker,
  markerBegin,
  markerEnd,
}: Pick<Options, "marker" | "markerBegin" | "markerEnd">): { readonly begin: string; readonly end: string } {
  const fill = (mark: string): string => (marker ?? DEFAULT_MARKER).replaceAll("{mark}", () => mark);
  if (marker !== undefined) return { begin: fill(markerBegin ?? "BEGIN"), end: fill(markerEnd ?? "END") };
  return { begin: markerBegin ?? fill("BEGIN"), end: markerEnd ?? fill("END") };
}
