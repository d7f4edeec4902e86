import { accountName, path, text, z } from "../../src/index.ts";
import { LINE, linesOf } from "./key-line.ts";

const oneLine = text.min(1).refine((value) => !/[\r\n]/.test(value), "wanted a single line");

export const options = z
  .strictObject({
    user: accountName.describe("who logs in with the key"),
    key: z
      .union([text, z.array(text)])
      .transform((given) => (typeof given === "string" ? [given] : given).flatMap(linesOf))
      .refine(
        (lines) => lines.every((line) => LINE.test(line)),
        "wanted the text of public keys, such as ssh-ed25519 AAAA… name, a line each; not a file's name or a URL",
      )
      .refine((lines) => lines.length > 0, "wanted at least one key")
      .describe(
        "public keys, as a text with a line each or as a list; of a local file, read it in the runbook",
      ),
    state: z.enum(["present", "absent"]).default("present").describe("whether the keys are there"),
    exclusive: z.boolean().default(false).describe("other keys in the file are removed"),
    keyOptions: oneLine
      .optional()
      .describe('options of the keys, such as `no-pty,from="10.0.0.0/8"`; the present ones are replaced'),
    comment: oneLine.optional().describe("comment of the keys, instead of their own"),
    path: path
      .optional()
      .describe("path of the file, from / or from the home directory; `.ssh/authorized_keys`"),
    manageDir: z
      .boolean()
      .optional()
      .describe(
        "make the file's directory, belonging to the user, with the mode 0700; the default without `path`",
      ),
  })
  .refine(
    ({ exclusive, state }) => !exclusive || state === "present",
    "exclusive goes with the state present",
  );

export type Options = z.output<typeof options>;
