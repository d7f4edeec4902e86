import { fileURLToPath } from "node:url";
import type { Position } from "../errors.ts";
import { OWN_ROOT } from "../util/own-root.ts";

/** Folders of rcm's own code, in whose files no user's code stands. */
const OWN = ["src", "modules", "dist"].map((name) => `${OWN_ROOT}/${name}/`);

/** Where the user's code called into rcm: the nearest frame outside of rcm. */
export function callerPosition(): Position | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const { stack } = new Error("where");
  Error.stackTraceLimit = limit;
  return firstFrame(stack);
}

/** Where in the user's code something was thrown. */
export function thrownPosition(thrown: unknown): Position | undefined {
  return thrown instanceof Error ? firstFrame(thrown.stack) : undefined;
}

/** The nearest one: a step for each of a thousand hosts asks for it, so no more than that is read. */
function firstFrame(stack = ""): Position | undefined {
  for (const line of stack.split("\n")) {
    const frame = readFrame(line);
    if (frame && isUsers(frame.file)) return frame;
  }
  return undefined;
}

function readFrame(line: string): Position | undefined {
  const match = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/.exec(line.trim());
  if (!match) return undefined;
  const [, place = "", row, column] = match;
  return {
    file: place.startsWith("file:") ? fileURLToPath(place) : place,
    line: Number(row),
    column: Number(column),
  };
}

function isUsers(file: string): boolean {
  return !OWN.some((folder) => file.startsWith(folder)) && !file.includes("/node_modules/");
}
