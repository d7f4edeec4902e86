import {
  accountName,
  defineModule,
  entryField,
  entryOf,
  existence,
  homeDirectory,
  ownerName,
  type Property,
  passwordHash,
  passwordLock,
  path,
  type Script,
  setPassword,
  sh,
  sshKeyPair,
  text,
  withTool,
  z,
} from "../src/index.ts";

/** Milliseconds; what `shadow` counts in. */
const DAY = 86_400_000;
const field = text.regex(/^[^:\n]*$/, "it cannot hold a colon or a second line");
const days = z.int().min(-1).max(99_999).optional();

const options = z
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

type Options = z.output<typeof options>;

function isDate(value: string): boolean {
  return value === "never" || z.iso.date().safeParse(value).success;
}

/** Manages users. */
export const user = defineModule({
  name: "user",
  category: "System",
  summary: "Makes or removes a user, and sets groups, home directory, shell, password and the like.",
  example: 'user({ name: "deploy", groups: ["docker"], append: true, shell: "/bin/bash" })',
  options,
  properties: (wanted) => (wanted.state === "absent" ? absent(wanted) : present(wanted)),
});

function absent({ name, remove, force }: Options): Readonly<Record<string, Property>> {
  const apply = withTool({
    userdel: sh`userdel ${remove ? ["-r"] : []} ${force ? ["-f"] : []} ${name}`,
    deluser: sh`deluser ${remove ? ["--remove-home"] : []} ${name}`,
  });
  return { state: existence("passwd", name, "absent", apply) };
}

function present(wanted: Options): Readonly<Record<string, Property>> {
  const { name, uid, nonUnique, group, home, moveHome, shell, comment, expires, password } = wanted;
  const modify = (...flags: readonly string[]): Script => withTool({ usermod: sh`usermod ${flags} ${name}` });
  return given({
    state: existence("passwd", name, "present", creation(wanted)),
    uid: uid !== undefined && {
      probe: entryField("passwd", name, 3),
      want: String(uid),
      apply: modify(...(nonUnique ? ["-o"] : []), "-u", String(uid)),
    },
    group: group !== undefined && {
      probe: /^\d+$/.test(group) ? entryField("passwd", name, 4) : sh`id -gn ${name} 2>/dev/null`,
      want: group.replace(/^0+(?=\d)/, ""),
      apply: modify("-g", group),
    },
    groups: otherGroups(wanted),
    home: home !== undefined && {
      probe: entryField("passwd", name, 6),
      want: home,
      apply: modify(...(moveHome ? ["-m"] : []), "-d", home),
    },
    shell: shell !== undefined && {
      probe: entryField("passwd", name, 7),
      want: shell,
      apply: modify("-s", shell),
    },
    comment: comment !== undefined && {
      probe: entryField("passwd", name, 5),
      want: comment,
      apply: modify("-c", comment),
    },
    homeDirectory: makesHome(wanted) && homeDirectory(name, wanted),
    password:
      password !== undefined &&
      wanted.updatePassword === "always" &&
      passwordHash(name, password, wanted.locked),
    locked: wanted.locked !== undefined && passwordLock(name, wanted.locked),
    expires: expires !== undefined && {
      probe: entryField("shadow", name, 8),
      want: expires === "never" ? "" : String(Date.parse(expires) / DAY),
      apply: modify("-e", expires === "never" ? "" : expires),
      show: { text: false, value: dateOf },
    },
    passwordExpireMin: aged(name, 4, "-m", wanted.passwordExpireMin),
    passwordExpireMax: aged(name, 5, "-M", wanted.passwordExpireMax),
    passwordExpireWarn: aged(name, 6, "-W", wanted.passwordExpireWarn),
    sshKey: wanted.generateSshKey && sshKeyPair(name, wanted),
  });
}

function given(
  all: Readonly<Record<string, Property | false | undefined>>,
): Readonly<Record<string, Property>> {
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, Property] => Boolean(entry[1])),
  );
}

/** Everything that a new user can be made with, so that no number is given away and taken back. */
function creation(wanted: Options): Script {
  const { name, uid, nonUnique, group, groups, home, shell, comment, system, skeleton, expires, password } =
    wanted;
  const flag = (letter: string, value: string | undefined): string[] =>
    value === undefined ? [] : [letter, value];
  const common = [...flag("-s", shell), ...flag("-u", uid?.toString()), ...flag("-k", skeleton)];
  const useradd = [
    ...[...common, ...flag("-d", home), ...flag("-c", comment), makesHome(wanted) ? "-m" : "-M"],
    ...[
      ...(system ? ["-r"] : []),
      ...(nonUnique ? ["-o"] : []),
      ...(groups?.length ? ["-G", groups.join(",")] : []),
    ],
    ...flag("-e", expires === "never" ? undefined : expires),
  ];
  const adduser = [
    ...["-D", ...common, ...flag("-h", home), ...flag("-g", comment)],
    ...[...(system ? ["-S"] : []), ...(makesHome(wanted) ? [] : ["-H"])],
  ];
  // A group of the user's name is the user's own.
  const primary =
    group === undefined
      ? sh`if [ -n "$(${entryOf("group", name)})" ]; then echo ${name}; fi`
      : sh`echo ${group}`;
  return sh.lines(
    sh`p=$(${primary})`,
    withTool({
      useradd: sh`useradd ${useradd} \${p:+-g "$p"} ${name}`,
      adduser: sh`adduser ${adduser} \${p:+-G "$p"} ${name}`,
    }),
    password !== undefined && setPassword(name, password, wanted.locked),
  );
}

function makesHome({ createHome, system, home }: Options): boolean {
  return createHome ?? (!system || home !== undefined);
}

/** The groups that the user is a member of, beside the primary one unless that is among those wanted. */
function otherGroups({ name, groups, append }: Options): Property | undefined {
  if (groups === undefined || (append && groups.length === 0)) return undefined;
  const wanted = [...new Set(groups)].sort();
  const member = `^[^:]*:[^:]*:[^:]*:([^:]*,)?${name.replaceAll(/[.$]/g, "\\$&")}(,|$)`;
  const others = sh`grep -E ${member} /etc/group | cut -d: -f1 | grep -vxF -e "$p"`;
  const some = sh`${others} | grep -xF ${wanted.flatMap((one) => ["-e", one])}`;
  return {
    probe: sh`p=$(id -gn ${name} 2>/dev/null)
{ for g in ${wanted}; do if [ "$g" = "$p" ]; then echo "$g"; fi; done; ${append ? some : others}; } | LC_ALL=C sort -u | paste -s -d , -`,
    want: wanted.join(","),
    apply: withTool({
      usermod: sh`usermod ${append ? ["-a"] : []} -G ${wanted.join(",")} ${name}`,
      addgroup: sh.lines(
        !append && sh`p=$(id -gn ${name}); for g in $(${others}); do delgroup ${name} "$g"; done`,
        sh`for g in ${wanted}; do addgroup ${name} "$g"; done`,
      ),
    }),
  };
}

/** When passwords can and must be changed, in days. */
function aged(name: string, column: number, flag: string, count: number | undefined): Property | undefined {
  if (count === undefined) return undefined;
  return {
    probe: entryField("shadow", name, column),
    want: count === -1 ? "" : String(count),
    apply: withTool({ chage: sh`chage ${flag} ${count} ${name}` }),
  };
}

function dateOf(count: string): string {
  return count === "" ? "never" : new Date(Number(count) * DAY).toISOString().slice(0, 10);
}
