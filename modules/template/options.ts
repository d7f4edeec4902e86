import { accessOptions, path, rewriteOptions, type StepContext, text, z } from "../../src/index.ts";

export const options = z
  .strictObject({
    src: text
      .min(1)
      .optional()
      .describe('a local template, relative to the runbook; `include("./part")` in it is relative to it'),
    content: z
      .union([
        z.string(),
        z.custom<(ctx: StepContext) => string | Promise<string>>((value) => typeof value === "function"),
      ])
      .optional()
      .describe("the template itself, or a function of the context that gives the finished text"),
    dest: path.describe(
      "the file on the host; with a `/` at its end it goes into that directory, named as src",
    ),
    vars: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("more for the template: `{ port: 80 }` is `it.port`; before what the context has"),
    trimBlocks: z
      .boolean()
      .default(true)
      .describe("a newline after `<% … %>` goes; after `<%= … %>` it stays"),
    lstripBlocks: z
      .boolean()
      .default(false)
      .describe("white space before a `<% … %>` that begins a line goes"),
    force: z.boolean().default(true).describe("false: leave a file that is there as it is"),
    follow: z.boolean().default(false).describe("when `dest` is a link, change what it points to"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ src, content }) => (src === undefined) !== (content === undefined),
    "wanted exactly one of src and content",
  )
  .refine(
    ({ dest, content }) => content === undefined || !dest.endsWith("/"),
    "content needs the name of a file as dest, without a / at its end",
  );

export type Options = z.output<typeof options>;
