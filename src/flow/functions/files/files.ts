import { messageOf } from "../../../errors.ts";
import { define } from "../define.ts";
import { FlowSet } from "../kinds/set.ts";
import { checkSize } from "../limits.ts";
import { text } from "../params.ts";
import { decode } from "../types/charsets.ts";
import type { World } from "../world.ts";
import { globMatcher } from "./glob.ts";
import { path, pathOf, readFile } from "./paths.ts";

const DEPENDS_ON = "the file, as it is when the expression is worked out";

/** Functions that read files of the controller; relative paths begin at the flow's folder. */
export const FILES = [
  define({
    name: "file",
    category: "Files and environment",
    params: [path("path")],
    summary: "The content of a file on the controller, which is UTF-8 text.",
    details: "Relative paths begin at the flow's folder. A task `file_read` reads a host's file.",
    dependsOn: DEPENDS_ON,
    examples: [['file("hello.txt")', '"Hello World"']],
    call: ([path], { world }) => textIn(world, pathOf(world, path)),
  }),
  define({
    name: "filebase64",
    category: "Files and environment",
    params: [path("path")],
    summary: "The content of a file on the controller, in Base64.",
    dependsOn: DEPENDS_ON,
    examples: [['filebase64("hello.txt")', '"SGVsbG8gV29ybGQ="']],
    call: ([path], { world }) => Buffer.from(readFile(world, pathOf(world, path))).toString("base64"),
  }),
  define({
    name: "fileexists",
    category: "Files and environment",
    params: [path("path")],
    summary: "Whether there is a file on the controller; a folder is none.",
    dependsOn: DEPENDS_ON,
    examples: [
      ['fileexists("hello.txt")', "true"],
      ['fileexists("none.txt")', "false"],
    ],
    call: ([path], { world }) => world.files.exists(pathOf(world, path)),
  }),
  define({
    name: "fileset",
    category: "Files and environment",
    params: [path("folder"), text("pattern")],
    summary:
      "The set of the files below a folder of the controller whose paths, relative to it, fit a pattern.",
    details:
      "`*` and `?` stand for characters but `/`, `**` for any folders, `{a,b}` for one of several, `[a-z]` for one character.",
    dependsOn: "the folder, as it is when the expression is worked out",
    examples: [
      ['fileset("conf", "*.conf")', 'toset(["a.conf"])'],
      ['fileset("conf", "**/*.conf")', 'toset(["a.conf", "deep/b.conf"])'],
      ['fileset("conf", "*.{conf,md}")', 'toset(["a.conf", "readme.md"])'],
    ],
    call: ([folder, pattern], { world }) => new FlowSet(matching(world, pathOf(world, folder), pattern)),
  }),
];

/** @throws Error when there is none, or it is no text */
export function textIn(world: World, path: string): string {
  const content = readFile(world, path);
  try {
    return decode(content, "utf-8");
  } catch {
    throw new Error(`${JSON.stringify(path)} is no UTF-8 text; filebase64 reads it`);
  }
}

function matching({ files }: World, folder: string, pattern: string): readonly string[] {
  const fits = globMatcher(pattern);
  let all: readonly string[];
  try {
    all = files.list(folder);
  } catch (error) {
    throw new Error(`cannot look into ${JSON.stringify(folder)}: ${messageOf(error)}`);
  }
  const found = all.filter(fits);
  checkSize(found.length);
  return found;
}
