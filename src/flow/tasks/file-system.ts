import { z } from "zod";

/** Option schema: Runflow's `fs`, of which rcm has the host's own files. */
export const fileSystem = z
  .strictObject({
    protocol: z
      .enum(["file", "local"], "wanted file or local: get_url, http_request and fetch reach others")
      .default("file"),
  })
  .optional()
  .describe('where the file lies: the host\'s own files, { protocol = "file" }');
