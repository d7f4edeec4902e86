import { path, text, z } from "../../src/index.ts";

export const options = z.strictObject({
  src: path.describe("the file on the host; a directory is refused"),
  dest: text
    .min(1)
    .describe("the local folder, relative to the runbook: the file goes to `dest/HOST/src`; see `flat`"),
  flat: z
    .boolean()
    .default(false)
    .describe("`dest` is the local file itself, or with a `/` at its end the folder that it goes into"),
  failOnMissing: z.boolean().default(true).describe("a file that is not there is a failure"),
  validateChecksum: z
    .boolean()
    .default(true)
    .describe("what has arrived must have the checksum that the host told"),
});

export type Options = z.output<typeof options>;
