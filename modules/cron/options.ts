import { accountName, text, z } from "../../src/index.ts";

const oneLine = text.min(1).refine((value) => !/[\r\n]/.test(value), "wanted a single line");

const time = z
  .union([z.int().min(0), z.string()])
  .transform(String)
  .refine((value) => /^[\w*/,-]+$/.test(value), 'wanted a field of a crontab, such as 5, "*/10" or "mon-fri"')
  .default("*");

export const options = z
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

export type Options = z.output<typeof options>;
