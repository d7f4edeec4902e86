import { accessOptions, group, path, rewriteOptions, text, z } from "../../src/index.ts";

export const options = z
  .strictObject({
    src: text
      .min(1)
      .optional()
      .describe("a local file or folder, relative to the runbook; a folder's content goes into `dest`"),
    content: z.string().optional().describe("the text itself"),
    dest: path.describe("where it goes; with a `/` at its end the file goes into that directory"),
    force: z.boolean().default(true).describe("false: leave a file that is there as it is"),
    follow: z.boolean().default(false).describe("when `dest` is a link, change what it points to"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .check(group(["src", "content"], { required: true, exclusive: true }))
  .refine(
    ({ dest, content }) => content === undefined || !dest.endsWith("/"),
    "content needs the name of a file as dest, without a / at its end",
  )
  .refine(
    ({ content }) => content === undefined || !/\p{Surrogate}/u.test(content),
    "content holds half a character, which UTF-8 has no bytes for",
  );

export type Options = z.output<typeof options>;
