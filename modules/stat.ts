import { defineModule, path, z } from "../src/index.ts";
import { look } from "./stat/look.ts";
import { told } from "./stat/told.ts";

export type { ExistingStat, Stat } from "./stat/output.ts";

/** Looks at a path. */
export const stat = defineModule({
  name: "stat",
  category: "Files",
  summary:
    "Tells what lies at a path: whether it is there, its kind, size, permissions, owner, times, checksum.",
  example: 'stat({ path: "/etc/app.conf" })',
  options: z.strictObject({
    path: path.describe("the path on the host"),
    follow: z.boolean().default(false).describe("look at what a link points to, not at the link"),
    getChecksum: z.boolean().default(true).describe("the checksum of a regular file"),
    checksumAlgorithm: z
      .enum(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
      .default("sha256")
      .describe("which checksum"),
    getMime: z
      .boolean()
      .default(false)
      .describe("type and character set, as the host's program `file` tells them"),
  }),
  action: (wanted) => ({
    script: look(wanted),
    describe: `look at ${wanted.path}`,
    report: (printed) => told(wanted.path, printed.split("\0")),
  }),
});
