import { relative } from "node:path";
import type { Position } from "../errors.ts";

/** `site.ts:12`: as short as it can be from where the user stands. */
export function placeText({ file, line }: Position): string {
  const near = relative(process.cwd(), file);
  const name = near === "" || near.startsWith("..") ? file : near;
  return line === undefined ? name : `${name}:${line}`;
}
