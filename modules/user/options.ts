import { accountName, ownerName, path, text, z } from "../../src/index.ts";

const field = text.regex(/^[^:\n]*$/, "it cannot hold a colon or a second line");

const days = z.int().min(-1).max(99_999).optional();

export const options = z
  .strictObject({
    name: accountName.describe("the user's name"),
    state: z.enum(["present", "absent"]).default("present").describe("whether the user is there"),
    uid: z
      .int()
      .min(0)
      .max(2 ** 32 - 2)
      .optional()
      .describe("the user's number; what is in the home directory follows"),
    nonUnique: z.boolean().default(false).describe("another user may have the same uid"),
    group: ownerName
      .optional()
      .describe("name or number of the primary group; a new user's is otherwise the one of the same name"),
    groups: z.array(accountName).optional().describe("names of the other groups: these and no more"),
    append: z.boolean().default(false).describe("groups that the user has beyond `groups` stay"),
    home: field.startsWith("/", "wanted a path from /").optional().describe("path of the home directory"),
    createHome: z
      .boolean()
      .optional()
      .describe(
        "make the home directory when there is none, now or later; the default, but for system users without `home`",
      ),
    moveHome: z.boolean().default(false).describe("when `home` changes, what is in the old one moves"),
    skeleton: path.optional().describe("directory with what goes into a new home; `/etc/skel`"),
    shell: field.startsWith("/", "wanted a path from /").optional().describe("path of the login shell"),
    comment: field.optional().describe("the full name and the like (GECOS)"),
    system: z.boolean().default(false).describe("a new user gets a number from those of the system"),
    password: text
      .regex(
        /^(?:[!*]{1,2}|!?(?:\$[\w./=,$*-]+|_?[A-Za-z0-9./]{13,20}))$/,
        "wanted the hash of a password, as `openssl passwd -6` prints it, or ! or * for none; not the password itself",
      )
      .optional()
      .describe("hash of the password; never shown"),
    updatePassword: z
      .enum(["always", "onCreate"])
      .default("always")
      .describe("`onCreate`: the password of a user who is there stays"),
    locked: z
      .boolean()
      .optional()
      .describe("whether the password is locked; logging in with a key is something else, see `expires`"),
    expires: z
      .string()
      .refine(isDate, 'wanted a date such as "2030-12-31", or "never"')
      .optional()
      .describe("from this date on nobody can log in: `2030-12-31`, or `never`"),
    passwordExpireMin: days.describe("a password can be changed after so many days"),
    passwordExpireMax: days.describe("a password must be changed after so many days"),
    passwordExpireWarn: days.describe("so many days before that, the user is told"),
    generateSshKey: z
      .boolean()
      .default(false)
      .describe("make a key pair when there is none, without passphrase"),
    sshKeyType: z.enum(["ed25519", "rsa", "ecdsa"]).default("ed25519").describe("kind of the key"),
    sshKeyBits: z.int().min(256).max(16_384).optional().describe("length of the key"),
    sshKeyComment: text.optional().describe("comment of the key; `name@host`"),
    sshKeyFile: path.optional().describe("its path, from the home directory; `.ssh/id_TYPE`"),
    remove: z
      .boolean()
      .default(false)
      .describe("with the state absent: the home directory and the mail go, too"),
    force: z
      .boolean()
      .default(false)
      .describe("with the state absent: even if the user is logged in, or somebody else needs the files"),
  })
  .refine(({ nonUnique, uid }) => !nonUnique || uid !== undefined, "nonUnique requires uid")
  .refine(({ append, groups }) => !append || groups !== undefined, "append requires groups")
  .refine(({ moveHome, home }) => !moveHome || home !== undefined, "moveHome requires home")
  .refine(
    ({ updatePassword, password }) => updatePassword === "always" || password !== undefined,
    "updatePassword requires password",
  )
  .refine(
    ({ skeleton, createHome }) => skeleton === undefined || createHome !== false,
    "skeleton and createHome: false exclude each other",
  )
  .refine(
    ({ generateSshKey, sshKeyBits, sshKeyComment, sshKeyFile }) =>
      generateSshKey || (sshKeyBits ?? sshKeyComment ?? sshKeyFile) === undefined,
    "sshKeyBits, sshKeyComment and sshKeyFile require generateSshKey",
  );

export type Options = z.output<typeof options>;

function isDate(value: string): boolean {
  return value === "never" || z.iso.date().safeParse(value).success;
}
