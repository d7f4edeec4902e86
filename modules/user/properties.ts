import {
  entryField,
  existence,
  homeDirectory,
  type Property,
  passwordHash,
  passwordLock,
  type Script,
  sh,
  sshKeyPair,
  withTool,
} from "../../src/index.ts";
import { creation, makesHome } from "./creation.ts";
import { otherGroups } from "./groups.ts";
import type { Options } from "./options.ts";

/** Milliseconds; what `shadow` counts in. */
const DAY = 86_400_000;

/** There is no such user. */
export function absent({ name, remove, force }: Options): Readonly<Record<string, Property>> {
  const apply = withTool({
    userdel: sh`userdel ${remove ? ["-r"] : []} ${force ? ["-f"] : []} ${name}`,
    deluser: sh`deluser ${remove ? ["--remove-home"] : []} ${name}`,
  });
  return { state: existence("passwd", name, "absent", apply) };
}

/** The user, with all that is asked for. */
export function present(wanted: Options): Readonly<Record<string, Property>> {
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
