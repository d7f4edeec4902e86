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
  return framesOf(stack)[0];
}

/** Where in the user's code something was thrown. */
export function thrownPosition(thrown: unknown): Position | undefined {
  return thrown instanceof Error ? framesOf(thrown.stack)[0] : undefined;
}

function framesOf(stack: string | undefined): Position[] {
  return (stack ?? "")
    .split("\n")
    .map(readFrame)
    .filter((frame): frame is Position => frame !== undefined && isUsers(frame.file));
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
