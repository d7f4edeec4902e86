import { path, text, z } from "../../src/index.ts";

const field = text.min(1).refine((value) => !/[\r\n]/.test(value), "wanted a single line");

export const options = z
  .strictObject({
    path: path
      .refine((value) => value.startsWith("/"), "wanted a path from /")
      .transform((value) => value.replace(/(.)\/+$/, "$1"))
      .describe("where it is mounted"),
    state: z
      .enum(["mounted", "present", "unmounted", "absent", "remounted", "ephemeral"])
      .describe(
        "`mounted`: now and in fstab; `present`: only in fstab; `unmounted`: not now; `absent`: neither, and an empty directory goes, too; `remounted`: mounted again, each time; `ephemeral`: now, and not in fstab",
      ),
    src: field.optional().describe("what is mounted: a device, `UUID=…`, `host:/dir`, a directory"),
    fstype: field.optional().describe("kind of the file system; `none` with the option `bind`"),
    opts: field.default("defaults").describe("options, with commas between them"),
    dump: z.int().min(0).max(9).default(0).describe("fifth field of fstab"),
    passno: z.int().min(0).max(9).default(0).describe("when fsck looks at it at boot: sixth field of fstab"),
    boot: z.boolean().default(true).describe("false: it is not mounted at boot (`noauto`)"),
    fstab: path.default("/etc/fstab").describe("the table of file systems"),
    backup: z.boolean().default(false).describe("keep the old fstab beside the new one"),
  })
  .refine(
    ({ state, src, fstype }) =>
      !["mounted", "present", "ephemeral"].includes(state) || (src !== undefined && fstype !== undefined),
    "the states mounted, present and ephemeral require src and fstype",
  );

export type Options = z.output<typeof options>;
