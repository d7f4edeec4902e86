import { z } from "zod";
import { statOf } from "../shell/looks.ts";
import { type Script, sh } from "../shell/script.ts";
import { parseDuration } from "../util/duration.ts";
import type { Property } from "./property.ts";

/** Timers of more milliseconds end at once. */
const MAX_DURATION = 2 ** 31 - 1;

/** Half of a character that is outside of Unicode's first plane: no bytes stand for it. */
const HALF = /\p{Surrogate}/u;

/** Option schema: a text that can go into a shell script. */
export const text = z
  .string()
  .regex(/^[^\0]*$/, "it cannot hold a NUL character")
  .refine((value) => !HALF.test(value), "it holds half a character, which UTF-8 has no bytes for");

/** Option schema: a path on the host. One that begins with `-` stays a path; `~` is refused, as no shell will see it. */
export const path = text
  .min(1)
  .refine(
    (value) => !value.startsWith("~"),
    "~ does not stand for the home directory here: write the whole path, or ./~ for a file of that name",
  )
  .transform((value) => (value.startsWith("-") ? `./${value}` : value));

/** Option schema: permissions as an octal text. A number would have lost its leading zero. */
export const fileMode = z
  .string({
    error: (issue) =>
      typeof issue.input === "number"
        ? 'wanted a quoted mode such as "0644": a number reads as decimal'
        : 'wanted a mode such as "0644"',
  })
  .regex(/^[0-7]{3,4}$/, 'wanted an octal mode such as "0644"');

/** Option schema: the name or number of a user or group. */
export const ownerName = z
  .string()
  .regex(/^(?:[A-Za-z_][A-Za-z0-9_.-]*\$?|\d+)$/, "wanted the name or number of a user or group");

/** Option schema: a duration in ms, or as `500ms`, `5s`, `2m`; becomes ms. */
export const duration = z.union([z.number(), z.string()]).transform((value, ctx) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms <= MAX_DURATION) return ms;
  const message = `wanted a duration ${ms === undefined ? 'such as 500, "5s" or "2m"' : "of at most 24 days"}`;
  ctx.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** Option schemas that every module which makes a file has. */
export const accessOptions = {
  mode: fileMode.optional().describe('permissions, as a quoted octal text such as "0644"'),
  owner: ownerName.optional().describe("name or number of the owning user"),
  group: ownerName.optional().describe("name or number of the owning group"),
};

/** Option schemas of modules that rewrite a file. */
export const rewriteOptions = {
  backup: z
    .boolean()
    .default(false)
    .describe("keep the old file beside the new one, with the time in its name"),
  validate: text
    .refine((command) => command.includes("%s"), "wanted a command with %s where the file's name goes")
    .optional()
    .describe(
      "shell command that must accept the new file, `%s`, before it takes its place: `visudo -cf %s`",
    ),
};

/** Who owns a file and what they may do with it. */
export interface Access {
  readonly path: string;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** The properties `owner`, `group` and `mode` of a file, as far as they are wanted. Owner first: chown clears setuid. */
export function access({ path: file, mode, owner, group }: Access): Readonly<Record<string, Property>> {
  const isNumber = (name: string): boolean => /^\d+$/.test(name);
  return {
    ...(owner === undefined
      ? {}
      : {
          owner: {
            probe: statOf(isNumber(owner) ? "u" : "U", file),
            want: withoutZeros(owner),
            apply: sh`chown ${owner} ${file}`,
          },
        }),
    ...(group === undefined
      ? {}
      : {
          group: {
            probe: statOf(isNumber(group) ? "g" : "G", file),
            want: withoutZeros(group),
            apply: sh`chgrp ${group} ${file}`,
          },
        }),
    ...(mode === undefined ? {} : { mode: modeProperty(file, mode) }),
  };
}

function modeProperty(file: string, mode: string): Property {
  const value = (octal: string): string => (octal === "" ? "" : octal.padStart(4, "0"));
  return {
    probe: statOf("a", file),
    want: withoutZeros(mode),
    // With fewer digits, GNU's chmod lets a directory keep its setuid and setgid bits.
    apply: sh`chmod ${mode.padStart(5, "0")} ${file}`,
    show: { text: false, value },
  };
}

/** A number as `stat` prints it; a name stays as it is. */
function withoutZeros(value: string): string {
  return value.replace(/^0+(?=\d+$)/, "");
}

/** Prints the kind of what lies at a path: `absent`, `file`, `directory`, `link` or `other`. */
export function kindOf(file: string): Script {
  return sh`rcm_kind ${file}`;
}
