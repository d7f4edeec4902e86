import { createHash } from "node:crypto";
import {
  access,
  accessOptions,
  defineModule,
  editedText,
  endOfLines,
  insertionPoint,
  insertOptions,
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

const DEFAULT_MARKER = "# {mark} RCM MANAGED BLOCK";
const line = text.min(1).regex(/^[^\n\r]*$/, "wanted a single line");

const options = z
  .strictObject({
    path: path.describe("the file on the host"),
    block: text
      .optional()
      .describe(
        'the text between the two marker lines; required for the state present, where `""` removes it all',
      ),
    state: z.enum(["present", "absent"]).default("present").describe("whether the block is there"),
    marker: line
      .refine((value) => value.includes("{mark}"), "wanted a line with {mark} where BEGIN and END go")
      .optional()
      .describe(
        `both marker lines, with \`{mark}\` for BEGIN and END: \`${DEFAULT_MARKER}\` unless said otherwise`,
      ),
    markerBegin: line
      .optional()
      .describe("the line before the block; with `marker` only what `{mark}` stands for, instead of BEGIN"),
    markerEnd: line
      .optional()
      .describe("the line after the block; with `marker` only what `{mark}` stands for, instead of END"),
    ...insertOptions,
    prependNewline: z
      .boolean()
      .default(false)
      .describe("an empty line before the block, if it is not the first"),
    appendNewline: z
      .boolean()
      .default(false)
      .describe("an empty line after the block, if it is not the last"),
    create: z.boolean().default(false).describe("make the file when there is none"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ state, block }) => state === "absent" || block !== undefined,
    "block is required for the state present",
  )
  .refine(
    ({ insertafter, insertbefore }) => insertafter === undefined || insertbefore === undefined,
    "insertafter and insertbefore exclude each other",
  )
  .refine((wanted) => {
    const { begin, end } = markersOf(wanted);
    return begin !== end;
  }, "the two marker lines must differ")
  .refine((wanted) => {
    const { begin, end } = markersOf(wanted);
    return !linesOf(wanted.block ?? "").some((one) => [begin, end].includes(one.text));
  }, "block holds one of its own marker lines: choose another marker");

type Options = z.output<typeof options>;

/** Manages blocks of lines between two marker lines. */
export const blockinfile = defineModule({
  name: "blockinfile",
  category: "Files",
  summary: "Makes sure that a block of lines, between two marker lines, is or is not in a text file.",
  example:
    'blockinfile({ path: "/etc/hosts", marker: "# {mark} cluster", block: "10.0.0.1 db1\\n10.0.0.2 db2" })',
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), isDone(wanted)),
    ...(isWanted(wanted) ? access(wanted) : {}),
  }),
});

function isWanted({ state, block }: Options): boolean {
  return state === "present" && block !== "";
}

function markersOf({
  marker,
  markerBegin,
  markerEnd,
}: Pick<Options, "marker" | "markerBegin" | "markerEnd">): { readonly begin: string; readonly end: string } {
  const fill = (mark: string): string => (marker ?? DEFAULT_MARKER).replaceAll("{mark}", () => mark);
  if (marker !== undefined) return { begin: fill(markerBegin ?? "BEGIN"), end: fill(markerEnd ?? "END") };
  return { begin: markerBegin ?? fill("BEGIN"), end: markerEnd ?? fill("END") };
}

/** A block that is there as it stands, or none at all, needs no look at the file's text. */
function isDone(wanted: Options): Script | undefined {
  const { begin, end } = markersOf(wanted);
  if (!isWanted(wanted)) {
    const markers = [begin, end, `${begin}\r`, `${end}\r`].flatMap((marker) => ["-e", marker]);
    return sh`[ -f ${wanted.path} ] && { LC_ALL=C grep -qxF ${markers} -- ${wanted.path}; [ $? = 1 ]; }`;
  }
  if (wanted.prependNewline || wanted.appendNewline) return undefined;
  const hash = createHash("sha256")
    .update(textOf(blockOf(wanted, "\n"), "\n"))
    .digest("hex");
  const range = `/^${asPattern(begin)}$/,/^${asPattern(end)}$/p`;
  return sh`[ -f ${wanted.path} ] && [ "$(LC_ALL=C sed -n ${range} <${wanted.path} | sha256sum)" = ${`${hash}  -`} ]`;
}

/** A basic regular expression that matches just this. */
function asPattern(literal: string): string {
  return literal.replaceAll(/[\\/.*[\]^$]/g, "\\$&");
}

function blockOf(wanted: Options, end: string): readonly Line[] {
  const { begin, end: last } = markersOf(wanted);
  const given = linesOf(wanted.block ?? "").map(({ text: one }) => one);
  const inside = end === "\r\n" ? given.map((one) => one.replace(/\r$/, "")) : given;
  return [begin, ...inside, last].map((one) => ({ text: one, end }));
}

function edit(wanted: Options, before: string | undefined): string | undefined {
  if (before === undefined && !isWanted(wanted)) return undefined;
  if (before === undefined && !wanted.create)
    throw new Error(`${wanted.path} does not exist: set create to make it`);
  const lines = linesOf(before ?? "");
  const after = isWanted(wanted) ? within(wanted, lines) : without(wanted, lines);
  return after === lines ? before : textOf(after, endOfLines(lines));
}

function within(wanted: Options, lines: readonly Line[]): readonly Line[] {
  const end = endOfLines(lines);
  const found = find(wanted, lines);
  const at = found?.from ?? insertionPoint(wanted, lines);
  const [head, tail] = [lines.slice(0, at), lines.slice(found === undefined ? at : found.to)];
  const empty = { text: "", end };
  const gap = (isAsked: boolean, neighbour: Line | undefined): readonly Line[] =>
    isAsked && neighbour !== undefined && neighbour.text !== "" ? [empty] : [];
  const after = [
    ...head,
    ...gap(wanted.prependNewline, head.at(-1)),
    ...blockOf(wanted, end),
    ...gap(wanted.appendNewline, tail[0]),
    ...tail,
  ];
  return isSame(lines, after) ? lines : after;
}

/** What ends the last line of a file does not make it another one. */
function isSame(lines: readonly Line[], after: readonly Line[]): boolean {
  return lines.length === after.length && lines.every(({ text: there }, i) => there === after[i]?.text);
}

/** Every block with these markers goes. */
function without(wanted: Options, lines: readonly Line[]): readonly Line[] {
  const found = find(wanted, lines);
  if (found === undefined) return lines;
  return without(wanted, [...lines.slice(0, found.from), ...lines.slice(found.to)]);
}

/** The first block, its markers included. One marker without the other is no block, but damage that needs a person. */
function find(
  wanted: Options,
  lines: readonly Line[],
): { readonly from: number; readonly to: number } | undefined {
  const { begin, end } = markersOf(wanted);
  const first = lines.findIndex((one) => one.text === begin);
  const last = lines.findIndex((one, i) => i > first && first >= 0 && one.text === end);
  if (last >= 0)
    return { from: lines.slice(0, last).findLastIndex((one) => one.text === begin), to: last + 1 };
  const lone = lines.find((one) => one.text === begin || one.text === end)?.text;
  if (lone === undefined) return undefined;
  throw new Error(
    `${wanted.path} holds the line "${lone}" but not "${lone === begin ? `${end}" after it` : `${begin}" before it`}: put it back, or remove what is left of the block`,
  );
}
