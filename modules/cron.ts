import {
  accountName,
  defineModule,
  editedText,
  fileOf,
  type Property,
  type Script,
  sh,
  text,
  withTool,
  z,
} from "../src/index.ts";

/** What goes into a command line; more goes as a file. */
const MAX_INLINE = 32 * 1024;

const oneLine = text.min(1).refine((value) => !/[\r\n]/.test(value), "wanted a single line");
const time = z
  .union([z.int().min(0), z.string()])
  .transform(String)
  .refine((value) => /^[\w*/,-]+$/.test(value), 'wanted a field of a crontab, such as 5, "*/10" or "mon-fri"')
  .default("*");

const options = z
  .strictObject({
    name: oneLine.describe(
      "what the entry is known by, in the comment `#rcm: NAME` before it; of a variable its name",
    ),
    job: oneLine.optional().describe("the command, where `%` must be written `\\%`; of a variable its value"),
    state: z.enum(["present", "absent"]).default("present").describe("whether the entry is there"),
    user: accountName.optional().describe("whose crontab, or who a job of `cronFile` runs as"),
    minute: time.describe("0 to 59"),
    hour: time.describe("0 to 23"),
    day: time.describe("day of the month, 1 to 31"),
    month: time.describe("1 to 12, or jan to dec"),
    weekday: time.describe("0 to 7, or sun to sat"),
    specialTime: z
      .enum(["reboot", "yearly", "annually", "monthly", "weekly", "daily", "hourly"])
      .optional()
      .describe("instead of the five fields"),
    disabled: z.boolean().default(false).describe("the entry stays, as a comment"),
    env: z
      .boolean()
      .default(false)
      .describe('the entry is a variable, `NAME="value"`, for the jobs below it'),
    insertAfter: oneLine.optional().describe("a new variable goes after this one; otherwise to the top"),
    insertBefore: oneLine.optional().describe("a new variable goes before this one"),
    cronFile: z
      .string()
      .regex(
        /^(?:\/[^\0\n]+|[A-Za-z0-9_-]+)$/,
        "wanted a path, or a name of letters, digits, - and _: cron reads no others",
      )
      .optional()
      .describe("a file in `/etc/cron.d` rather than a user's crontab; it goes when nothing is left in it"),
  })
  .refine(
    ({ state, job }) => state === "absent" || job !== undefined,
    "job is required for the state present",
  )
  .refine(
    ({ cronFile, user, env, state }) =>
      cronFile === undefined || user !== undefined || env || state === "absent",
    "cronFile requires user: who the job runs as",
  )
  .refine(
    ({ specialTime, minute, hour, day, month, weekday }) =>
      specialTime === undefined || [minute, hour, day, month, weekday].every((field) => field === "*"),
    "specialTime stands instead of minute, hour, day, month and weekday",
  )
  .refine(({ env, disabled, specialTime }) => !env || !(disabled || specialTime), "a variable has no time")
  .refine(
    ({ env, name }) => !env || /^[A-Za-z_]\w*$/.test(name),
    "name is that of a variable: letters, digits and _",
  )
  .refine(({ env, job }) => !env || !/".*'|'.*"/.test(job ?? ""), "a value cannot hold both kinds of quotes")
  .refine(
    ({ env, insertAfter, insertBefore }) => env || (insertAfter ?? insertBefore) === undefined,
    "insertAfter and insertBefore go with env",
  )
  .refine(
    ({ insertAfter, insertBefore }) => insertAfter === undefined || insertBefore === undefined,
    "insertAfter and insertBefore exclude each other",
  );

type Options = z.output<typeof options>;

/** Manages entries of crontabs. */
export const cron = defineModule({
  name: "cron",
  category: "System",
  summary: "Manages jobs and variables in a user's crontab or in a file of /etc/cron.d.",
  example: 'cron({ name: "backup", job: "/usr/local/bin/backup >/dev/null", hour: 3, minute: 30 })',
  options,
  properties: (wanted) => ({
    crontab: wanted.cronFile === undefined ? own(wanted) : shared(wanted, wanted.cronFile),
  }),
});

/** In a file: it goes with its last line. */
function shared(wanted: Options, name: string): Property {
  const file = name.startsWith("/") ? name : `/etc/cron.d/${name}`;
  const edited = editedText(
    { dest: file, mode: "0644" },
    (before) => edit(wanted, before) || undefined,
    isThere(wanted, sh`cat ${file}`),
  );
  const place = edited.apply as Exclude<Property["apply"], Script>;
  return { ...edited, apply: (was, want) => (want === "-" ? sh`rm ${file}` : place(was, want)) };
}

/** By the program crontab, which knows where crontabs are. */
function own(wanted: Options): Property {
  const { user } = wanted;
  // Only root may say -u, even of oneself.
  const whose =
    user === undefined
      ? sh`set --`
      : sh`if [ "$(id -un)" = ${user} ]; then set --; else set -- -u ${user}; fi`;
  return {
    probe: sh`${whose}; if crontab "$@" -l >/dev/null 2>&1; then printf +; crontab "$@" -l; else printf -- -; fi`,
    want: (was) => {
      const after = edit(wanted, was === "-" ? undefined : was.slice(1));
      return after === undefined || after === "" ? "-" : `+${after}`;
    },
    holds: sh`( ${whose}; ${isThere(wanted, sh`crontab "$@" -l`)} )`,
    exact: true,
    apply: (_was, want) =>
      sh.lines(
        whose,
        withTool({
          crontab:
            want === "-"
              ? sh`crontab "$@" -r`
              : sh`o=$(${write(want.slice(1))} 2>&1) || {
printf '%s\n' "$o" >&2; printf '%s\n' "$o" | head -n 1 >&2; exit 1; }`,
        }),
      ),
    show: { text: true, value: (value) => (value.startsWith("+") ? value.slice(1) : "") },
  };
}

function write(content: string): Script {
  return Buffer.byteLength(content) <= MAX_INLINE
    ? sh`rcm_put ${content} | crontab "$@" -`
    : sh`crontab "$@" - <${fileOf(content)}`;
}

/** A test that the entry is there just so, or not at all. A job may hold a secret, so it is no argument of a program. */
function isThere(wanted: Options, list: Script): Script {
  const { name, state, env } = wanted;
  const all = sh`${list} 2>/dev/null`;
  const has = (mark: string, test: string): Script =>
    sh`${all} | rcm_m=${mark} rcm_l=${lineOf(wanted)} awk ${`${test} { f = 1 } { p = $0 "" } END { exit !f }`}`;
  const isLine = '$0 "" == ENVIRON["rcm_l"] ""';
  if (env)
    return state === "present" ? has("", isLine) : sh`! ${all} | grep -qE -e ${`^[ 	]*${name}[ 	]*=`}`;
  if (state === "absent") return sh`! ${all} | grep -qxF -e ${`#rcm: ${name}`} -e ${`#Ansible: ${name}`}`;
  return has(`#rcm: ${name}`, `p == ENVIRON["rcm_m"] "" && ${isLine}`);
}

function lineOf({ env, name, job = "", disabled, specialTime, cronFile, user, ...at }: Options): string {
  if (env) return job.includes('"') ? `${name}='${job}'` : `${name}="${job}"`;
  const when = specialTime ? `@${specialTime}` : [at.minute, at.hour, at.day, at.month, at.weekday].join(" ");
  return `${disabled ? "#" : ""}${[when, ...(cronFile !== undefined && user ? [user] : []), job].join(" ")}`;
}

function edit(wanted: Options, before: string | undefined): string | undefined {
  const lines = (before ?? "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const after = wanted.env ? editVariable(wanted, lines) : editJob(wanted, lines);
  if (after.length === lines.length && after.every((line, i) => line === lines[i])) return before;
  return after.map((line) => `${line}\n`).join("");
}

/** Ansible's mark counts as ours, so that nothing is there twice after a move. */
function editJob(wanted: Options, lines: readonly string[]): readonly string[] {
  const at = lines.findIndex(
    (line) => line === `#rcm: ${wanted.name}` || line === `#Ansible: ${wanted.name}`,
  );
  const entry = wanted.state === "absent" ? [] : [`#rcm: ${wanted.name}`, lineOf(wanted)];
  return at < 0 ? [...lines, ...entry] : lines.toSpliced(at, 2, ...entry);
}

function editVariable(wanted: Options, lines: readonly string[]): readonly string[] {
  const find = (name: string): number =>
    lines.findIndex((line) => new RegExp(`^\\s*${name.replaceAll(/\W/g, "\\$&")}\\s*=`).test(line));
  const at = find(wanted.name);
  if (wanted.state === "absent") return at < 0 ? lines : lines.toSpliced(at, 1);
  if (at >= 0) return lines.with(at, lineOf(wanted));
  const { insertAfter, insertBefore } = wanted;
  const beside = insertAfter ?? insertBefore;
  const place = beside === undefined ? 0 : find(beside);
  if (place < 0) throw new Error(`there is no variable ${beside} to insert ${wanted.name} beside`);
  return lines.toSpliced(insertAfter === undefined ? place : place + 1, 0, lineOf(wanted));
}
