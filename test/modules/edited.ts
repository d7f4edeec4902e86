import { expect } from "vitest";
import type { Module } from "../../src/index.ts";
import { localSide } from "../../src/module/local-side.ts";
import { checkOptions } from "../../src/module/options.ts";
import { NO_CONTEXT } from "./no-context.ts";

/** Options that go with the path `f`. */
type Options = Readonly<Record<string, unknown>>;

/** How a module edits a text; undefined stands for no file. Doing it twice must be doing it once, unless that is said. */
export function editor(
  { definition }: Pick<Module, "definition">,
  { isStable = true } = {},
): (before: string | undefined, options: Options) => Promise<string | undefined> {
  return async (before, options) => {
    const checked = checkOptions(definition, { path: "f", ...options });
    if (!checked.ok) throw new Error(checked.problems.join("; "));
    const { text } = await definition.properties!(checked.options, localSide("/"), NO_CONTEXT);
    const want = text!.want as (was: string) => string;
    const after = want(before === undefined ? "-" : `+${before}`);
    if (isStable) expect(want(after)).toBe(after);
    return after === "-" ? undefined : after.slice(1);
  };
}
