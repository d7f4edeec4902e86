import type { Options } from "./options.ts";

/** The entry as it is written. */
export function lineOf({
  env,
  name,
  job = "",
  disabled,
  specialTime,
  cronFile,
  user,
  ...at
}: Options): string {
  if (env) return job.includes('"') ? `${name}='${job}'` : `${name}="${job}"`;
  const when = specialTime ? `@${specialTime}` : [at.minute, at.hour, at.day, at.month, at.weekday].join(" ");
  return `${disabled ? "#" : ""}${[when, ...(cronFile !== undefined && user ? [user] : []), job].join(" ")}`;
}

/** The crontab's text with the entry, or without it. */
export function edit(wanted: Options, before: string | undefined): string | undefined {
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
