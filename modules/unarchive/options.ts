import { accessOptions, path, text, z } from "../../src/index.ts";

const patterns = z
  .array(text.min(1).transform((pattern) => pattern.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "")))
  .default([]);

export const options = z
  .strictObject({
    src: text
      .min(1)
      .regex(/^[^\n]*$/, "wanted a path without a line break")
      .describe(
        "the archive: a local file, relative to the runbook; a tar, alone or in gzip, bzip2, xz or zstd, or a zip",
      ),
    remoteSrc: z.boolean().default(false).describe("true: `src` is a file of the host"),
    dest: path.describe("the directory on the host that it is unpacked into; it is made when there is none"),
    creates: path.optional().describe("do nothing when this path exists"),
    stripComponents: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe("leave so many leading directories off each name"),
    include: patterns.describe(
      "take only what matches one of these; `*` stands for any characters, slashes too",
    ),
    exclude: patterns.describe("leave out what matches one of these"),
    listFiles: z.boolean().default(false).describe("print the names of all that was wanted of it"),
    maxSize: z
      .number()
      .int()
      .positive()
      .default(8 * 2 ** 30)
      .describe("refuse an archive that holds more bytes"),
    maxFiles: z
      .number()
      .int()
      .positive()
      .default(200_000)
      .describe("refuse an archive that holds more entries"),
    ...accessOptions,
  })
  .refine(
    ({ src, remoteSrc }) => !remoteSrc || !/^(?:https?|ftp):\/\//.test(src),
    "src is a URL: get it with get_url first",
  );

export type Options = z.output<typeof options>;
