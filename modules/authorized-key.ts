import {
  accountName,
  asUser,
  defineModule,
  editedText,
  homeOf,
  type Property,
  path,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

/** What fits into a command line of a program that runs as another user. */
const MAX_TEXT = 32 * 1024;

/** A line of `authorized_keys`: options, kind, key, comment. */
const LINE =
  /^(?:((?:[^\s"]|"(?:\\.|[^"\\])*")+)\s+)?((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]{20,}={0,3})(?:\s+(\S.*))?$/;

const oneLine = text.min(1).refine((value) => !/[\r\n]/.test(value), "wanted a single line");

const options = z
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

type Options = z.output<typeof options>;

/** Manages the keys that a user can log in with. */
export const authorizedKey = defineModule({
  name: "authorized_key",
  category: "System",
  summary: "Adds or removes public keys with which a user can log in by SSH.",
  example: 'authorizedKey({ user: "deploy", key: "ssh-ed25519 AAAAC3Nz… ann@laptop", exclusive: true })',
  options,
  properties: (wanted) => {
    if (wanted.state === "absent") return { keys: keys(wanted) };
    const { user, manageDir = wanted.path === undefined } = wanted;
    return {
      ...(manageDir ? { directory: owned(wanted, sh`\${f%/*}`, `${user} 700`) } : {}),
      keys: keys(wanted),
      access: owned(wanted, sh`$f`, `${user} 600`),
    };
  },
});

/** Sets `f`, the path of the file; empty where there is no such user. */
function find({ user, path: file = ".ssh/authorized_keys" }: Options): Script {
  return file.startsWith("/") ? sh`f=${file}` : sh`f=$(${homeOf(user)}); f=\${f:+$f/${file}}`;
}

/** Below the user's home directory the user acts, not root: the user's links lead nowhere else then. */
function act(wanted: Options, script: Script): Script {
  const all = sh`${find(wanted)}
if [ -z "$f" ]; then echo ${`there is no user ${wanted.user}`} >&2; exit 1; fi
${script}`;
  return wanted.path?.startsWith("/") ? all : asUser(wanted.user, all);
}

/** The property that a file or directory belongs to the user and nobody else can read it; the latter is made. */
function owned(wanted: Options, what: Script, want: string): Property {
  const mode = want.split(" ")[1] ?? "";
  return {
    probe: sh`${find(wanted)}; stat -L -c '%U %a' "${what}" 2>/dev/null`,
    want,
    apply: sh.lines(
      sh`${find(wanted)}; f=${what}`,
      sh`if [ -e "$f" ] && ! [ -L "$f" ] && [ "$(stat -c %U "$f")" != ${wanted.user} ]; then chown -h ${wanted.user} "$f"; fi`,
      act(
        wanted,
        sh`f=${what}; ${mode === "700" ? sh`[ -e "$f" ] || mkdir -p "$f"; ` : sh``}chmod ${mode} "$f"`,
      ),
    ),
  };
}

function keys(wanted: Options): Property {
  const enter = sh`CDPATH= cd -- "\${f%/*}/" 2>/dev/null`;
  const name = (wanted.path ?? "authorized_keys").split("/").at(-1) ?? "";
  const edited = editedText({ dest: `./${name}` }, (before) => edit(wanted, before));
  const isOwn = !wanted.path?.startsWith("/");
  return {
    ...edited,
    probe: sh`${find(wanted)}; if [ -z "$f" ] || ! ${enter}; then printf -- -; exit 0; fi
${edited.probe}`,
    holds: sh`( ${find(wanted)}; ${isThere(wanted)} )`,
    apply: async (was, want) => {
      if (isOwn && Buffer.byteLength(want) > MAX_TEXT)
        throw new Error("more than 32 KiB of keys: give the path of the file from /");
      const place = typeof edited.apply === "function" ? await edited.apply(was, want) : edited.apply;
      return act(
        wanted,
        sh`${enter} || { echo "there is no directory \${f%/*}" >&2; exit 1; }
umask 077
${place}`,
      );
    },
  };
}

/** A test that there is nothing to do; it may fail where there is nothing to do all the same. */
function isThere(wanted: Options): Script {
  const blobs = wanted.key.map((line) => parse(line)?.blob ?? line);
  if (wanted.state === "absent") return sh`! grep -qF ${blobs.flatMap((blob) => ["-e", blob])} -- "$f"`;
  const lines = wantedLines(wanted);
  const count = sh`[ "$(grep -c '^[[:space:]]*[^#[:space:]]' -- "$f")" = ${lines.length} ]`;
  return sh.all(
    ...lines.map((line) => sh`grep -qxF -e ${line} -- "$f"`),
    // The same key may be there once more, with other options.
    ...[...new Set(blobs)].map((blob) => sh`[ "$(grep -cF -e ${blob} -- "$f")" = 1 ]`),
    wanted.exclusive && count,
  );
}

interface Key {
  readonly options: string | undefined;
  readonly kind: string;
  readonly blob: string;
  readonly comment: string | undefined;
}

function parse(line: string): Key | undefined {
  const [, options, kind, blob, comment] = LINE.exec(line.trim()) ?? [];
  return kind === undefined || blob === undefined ? undefined : { options, kind, blob, comment };
}

function linesOf(value: string): string[] {
  const lines = value.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

/** The lines that are to be there, one for each key. */
function wantedLines({ key, keyOptions, comment }: Options): readonly string[] {
  const wanted = key.flatMap((line) => {
    const parsed = parse(line);
    if (!parsed) return [];
    return [{ ...parsed, options: keyOptions ?? parsed.options, comment: comment ?? parsed.comment }];
  });
  return [...new Map(wanted.map((one) => [one.blob, lineOf(one)])).values()];
}

function lineOf({ options, kind, blob, comment }: Key): string {
  return [options, kind, blob, comment].filter((part) => part !== undefined).join(" ");
}

function edit(wanted: Options, before: string | undefined): string | undefined {
  const lines = (before ?? "")
    .replace(/\n$/, "")
    .split("\n")
    .filter((line, _i, all) => all.length > 1 || line !== "");
  const targets = new Map(wantedLines(wanted).map((line) => [parse(line)?.blob, line]));
  const isOther = (line: string): boolean => !targets.has(parse(line)?.blob);
  const isNote = (line: string): boolean => /^\s*(?:#|$)/.test(line);
  if (wanted.state === "absent")
    return before === undefined ? undefined : textOf(lines.filter(isOther), lines, before);
  const seen = new Set<string | undefined>();
  const kept = lines.flatMap((line) => {
    const old = parse(line);
    const target = targets.get(old?.blob);
    if (isNote(line) || target === undefined) return isNote(line) || !wanted.exclusive ? [line] : [];
    if (seen.has(old?.blob)) return [];
    seen.add(old?.blob);
    return [withComment(target, old)];
  });
  const added = [...targets].filter(([blob]) => !seen.has(blob)).map(([, line]) => line);
  return textOf([...kept, ...added], lines, before);
}

/** A key that is wanted without a comment keeps the one that it has. */
function withComment(target: string, old: Key | undefined): string {
  const wanted = parse(target);
  return wanted && wanted.comment === undefined ? lineOf({ ...wanted, comment: old?.comment }) : target;
}

/** The text as it was, to the last byte, where no line differs. */
function textOf(after: readonly string[], lines: readonly string[], before: string | undefined): string {
  const isSame =
    before !== undefined && after.length === lines.length && after.every((line, i) => line === lines[i]);
  return isSame ? before : after.map((line) => `${line}\n`).join("");
}
