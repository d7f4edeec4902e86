import { resolve } from "node:path";
import { messageOf } from "../../../errors.ts";
import { LONGEST_TEXT } from "../../evaluate/limits.ts";
import { param } from "../params.ts";
import type { World } from "../world.ts";

/** A path that names something. */
export function path(name: string) {
  return param(name, "a path", (value) =>
    typeof value === "string" && value !== "" && !value.includes("\0") ? value : undefined,
  );
}

/** A path of the flow as an absolute one; `~` is the home folder. */
export function pathOf(world: World, path: string): string {
  return resolve(world.folder, expanded(world, path));
}

/** With the home folder for `~`. */
export function expanded({ home }: World, path: string): string {
  return path === "~" || path.startsWith("~/") ? home + path.slice(1) : path;
}

/** @throws Error that names the file */
export function readFile({ files }: World, path: string): Uint8Array {
  let content: Uint8Array;
  try {
    content = files.read(path);
  } catch (error) {
    throw new Error(`cannot read ${JSON.stringify(path)}: ${messageOf(error)}`);
  }
  if (content.length <= LONGEST_TEXT) return content;
  throw new Error(`${JSON.stringify(path)} has ${content.length} bytes; at most ${LONGEST_TEXT} are allowed`);
}
