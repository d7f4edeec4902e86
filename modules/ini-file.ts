import {
  access,
  accessOptions,
  defineModule,
  editedText,
  endOfLines,
  type Line,
  linesOf,
  path,
  rewriteOptions,
  type Script,
  sh,
  text,
  textOf,
  z,
} from "../src/index.ts";

const word = text.regex(/^[^\n\r]*$/, "wanted a single line");
const name = word.regex(/^\S(?:.*\S)?$/s, "wanted a name that neither begins nor ends with a space");
const optionName = name.regex(/^[^#;[]/, "wanted a name that does not begin with #, ; or [");
const valueOptions = {
  value: word.optional().describe("its value"),
  values: z.array(word).optional().describe("its values, where it may stand several times: a line for each"),
};

const fields = z.strictObject({
  path: path.describe("the file on the host"),
  section: name
    .optional()
    .describe("the section's name, without brackets; left out: what stands before the first section"),
  option: optionName.optional().describe("the option's name; left out: the section as a whole"),
  ...valueOptions,
  state: z
    .enum(["present", "absent"])
    .default("present")
    .describe("whether the option, or the section, is there"),
  exclusive: z
    .boolean()
    .default(true)
    .describe("the option has these values and no others; `false`: other lines of the same option stay"),
  allowNoValue: z
    .boolean()
    .default(false)
    .describe("without a value, the option stands there alone, without `=`"),
  modifyInactiveOption: z
    .boolean()
    .default(true)
    .describe("where the option is not there, use the line in which it stands behind a `#` or `;`"),
  noExtraSpaces: z.boolean().default(false).describe("write `a=b` instead of `a = b`"),
  ignoreSpaces: z.boolean().default(false).describe("leave lines alone that differ only in spaces"),
  sectionHasValues: z
    .array(z.strictObject({ option: optionName, ...valueOptions }))
    .default([])
    .describe("of several sections of that name, take the first that has these options, with these values"),
  create: z.boolean().default(true).describe("make the file when there is none"),
  ...accessOptions,
  ...rewriteOptions,
});

type Options = z.output<typeof fields>;

const options = fields
  .refine(
    ({ section, option }) => section !== undefined || option !== undefined,
    "wanted at least one of section and option",
  )
  .refine(
    (all) =>
      [all, ...all.sectionHasValues].every((one) => one.value === undefined || one.values === undefined),
    "value and values exclude each other",
  )
  .refine(
    (all) => all.option !== undefined || (all.value ?? all.values) === undefined,
    "value and values require option to be present",
  )
  .refine(
    (all) => all.state === "absent" || all.option === undefined || all.allowNoValue || given(all).length > 0,
    "an option that is to be present needs value or values, or allowNoValue",
  )
  .refine(
    (all) => all.sectionHasValues.length === 0 || all.section !== undefined,
    "sectionHasValues requires section to be present",
  )
  .refine(
    (all) => !isMoving(all),
    "sectionHasValues goes by the option that is changed, so the section would not be found again: set exclusive to false, or go by another option",
  );

/** Manages settings of ini files. */
export const iniFile = defineModule({
  name: "ini_file",
  category: "Files",
  summary: "Makes sure that an option or a section is, or is not, in an ini file.",
  example: 'iniFile({ path: "/etc/php.ini", section: "PHP", option: "memory_limit", value: "256M" })',
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), isDone(wanted)),
    ...(wanted.state === "present" ? access(wanted) : {}),
  }),
});

function given({ value, values = [] }: Pick<Options, "value" | "values">): readonly string[] {
  return (value === undefined ? values : [value]).map((one) => one.trim());
}

function isMoving(all: Options): boolean {
  if (all.state === "absent" || !all.exclusive) return false;
  const same = all.sectionHasValues.filter(({ option }) => option === all.option);
  return same.some((one) => given(one).some((value) => !given(all).includes(value)));
}

/**
 * One value that stands there as it would be written, or an option that is not there, needs no look at the file's text.
 * The test counts the option's lines in its section, and those of them that are just as wanted.
 */
function isDone(wanted: Options): Script | undefined {
  const { path: file, section = "", option, state, exclusive, sectionHasValues } = wanted;
  const values = given(wanted);
  const isPlain = option !== undefined && exclusive && sectionHasValues.length === 0;
  if (!isPlain || (state === "present" && values.length !== 1)) return undefined;
  const count = state === "present" ? "n == 1 && e == 1" : "n == 0";
  return sh`[ -f ${file} ] && rcm_s=${section} rcm_o=${option} rcm_l=${assignment(wanted, values[0])} LC_ALL=C awk ${`
BEGIN { s = ENVIRON["rcm_s"]; o = ENVIRON["rcm_o"]; inside = s == ""; seen = inside }
/^\\[/ {
  inside = 0; t = $0; sub(/^\\[[ \\t]*/, "", t)
  if (!seen && substr(t, 1, length(s)) == s && substr(t, length(s) + 1) ~ /^[ \\t]*\\]/) inside = seen = 1
  next
}
inside {
  t = $0; sub(/^[ \\t]+/, "", t)
  if (substr(t, 1, length(o)) == o && substr(t, length(o) + 1) ~ /^[ \\t\\r]*(=|$)/) { n++; if ($0 == ENVIRON["rcm_l"]) e++ }
}
END { exit !(${count}) }`} <${file}`;
}

function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && wanted.state === "absent") return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist, and create is false`);
  const lines = linesOf(before ?? "");
  const { from, to } = find(wanted, lines) ?? { from: lines.length, to: lines.length };
  const [head, section, tail] = [lines.slice(0, from), lines.slice(from, to), lines.slice(to)];
  const after = [...head, ...(wanted.state === "absent" ? without : within)(wanted, section), ...tail];
  const isSame = after.length === lines.length && after.every((line, i) => line.text === lines[i]?.text);
  return isSame && before !== undefined ? before : textOf(after, endOfLines(lines));
}

/** The first section that is meant, its header included; what stands before all sections has none. */
function find(
  wanted: Options,
  lines: readonly Line[],
): { readonly from: number; readonly to: number } | undefined {
  const headers = lines.flatMap(({ text: line }, i) => (line.startsWith("[") ? [i] : []));
  if (wanted.section === undefined) return { from: 0, to: headers[0] ?? lines.length };
  for (const [i, from] of headers.entries()) {
    const to = headers[i + 1] ?? lines.length;
    const title = lines[from]?.text.replace(/^\[[ \t]*/, "") ?? "";
    const isNamed = title.startsWith(wanted.section) && /^[ \t]*\]/.test(title.slice(wanted.section.length));
    if (isNamed && hasValues(wanted, lines.slice(from, to))) return { from, to };
  }
  return undefined;
}

function hasValues({ sectionHasValues }: Options, section: readonly Line[]): boolean {
  return sectionHasValues.every((condition) => {
    const there = settings(condition.option, section).filter(({ isActive }) => isActive);
    const values = given(condition);
    return values.length === 0
      ? there.length > 0
      : values.every((value) => there.some((one) => one.value === value));
  });
}

/** A line in which an option stands, perhaps behind a `#` or `;`. */
interface Setting {
  readonly at: number;
  readonly isActive: boolean;
  /** Undefined where there is no `=`. */
  readonly value: string | undefined;
}

function settings(option: string, section: readonly Line[]): readonly Setting[] {
  return section.flatMap(({ text: line }, at) => {
    const [, comment, rest = ""] = /^[ \t]*([#;]?)[ \t]*(.*)$/s.exec(line) ?? [];
    if (!rest.startsWith(option)) return [];
    const [found, value] = /^[ \t\r]*(?:=(.*))?$/s.exec(rest.slice(option.length)) ?? [];
    return found === undefined ? [] : [{ at, isActive: comment === "", value: value?.trim() }];
  });
}

function without(wanted: Options, section: readonly Line[]): readonly Line[] {
  const { option, exclusive } = wanted;
  if (option === undefined) return [];
  const values = given(wanted);
  const gone = settings(option, section)
    .filter(({ isActive, value }) => isActive && (exclusive || values.includes(value ?? "")))
    .map(({ at }) => at);
  return section.filter((_, i) => !gone.includes(i));
}

function within(wanted: Options, found: readonly Line[]): readonly Line[] {
  const { section: title, option, exclusive, modifyInactiveOption } = wanted;
  const isNew = title !== undefined && found.length === 0;
  const section = isNew ? newSection(wanted) : found;
  if (option === undefined) return section;
  const values: Array<string | undefined> = [...given(wanted)];
  if (values.length === 0) values.push(undefined);
  const there = settings(option, section).filter(({ isActive }) => isActive || modifyInactiveOption);
  const used = new Map<number, string>();
  const take = (value: string | undefined, fits: (one: Setting) => boolean): boolean => {
    const setting = there.find((one) => !used.has(one.at) && fits(one));
    if (setting) used.set(setting.at, rewritten(wanted, section, setting, value));
    return setting !== undefined;
  };
  // Lines that are right come first, then those to be changed, then comments: they keep their places.
  const ways: ReadonlyArray<(value: string | undefined) => (one: Setting) => boolean> = [
    (value) => (one) => one.isActive && one.value === value,
    () => (one) => exclusive && one.isActive,
    (value) => (one) => one.value === value,
    () => () => exclusive,
  ];
  const missing = ways.reduce((left, way) => left.filter((value) => !take(value, way(value))), values);
  const dropped = there
    .filter(({ at, isActive }) => exclusive && isActive && !used.has(at))
    .map(({ at }) => at);
  const kept = section.flatMap((line, i) =>
    dropped.includes(i) ? [] : [{ ...line, text: used.get(i) ?? line.text }],
  );
  const end = kept.findLastIndex(({ text: line }) => !/^[ \t\r]*(?:[#;].*)?$/s.test(line)) + 1;
  const added = missing.map((value) => ({ text: assignment(wanted, value), end: "" }));
  return [...kept.slice(0, end), ...added, ...kept.slice(end)];
}

/** A new section has at once what it will be known by. */
function newSection(wanted: Options): readonly Line[] {
  const conditions = wanted.sectionHasValues.flatMap((one) => {
    const values: ReadonlyArray<string | undefined> = given(one).length > 0 ? given(one) : [undefined];
    return one.option === wanted.option && wanted.exclusive
      ? []
      : values.map((value) => assignment({ ...wanted, option: one.option }, value));
  });
  return [`[${wanted.section}]`, ...conditions].map((line) => ({ text: line, end: "" }));
}

function rewritten(
  wanted: Options,
  section: readonly Line[],
  { at, isActive, value }: Setting,
  by: string | undefined,
): string {
  const isRight = wanted.ignoreSpaces && isActive && value === by;
  return isRight ? (section[at]?.text ?? "") : assignment(wanted, by);
}

function assignment({ option = "", noExtraSpaces }: Options, value: string | undefined): string {
  if (value === undefined) return option;
  return noExtraSpaces ? `${option}=${value}` : `${option} = ${value}`.trimEnd();
}
