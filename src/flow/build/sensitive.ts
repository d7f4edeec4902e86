import type { Draft } from "../../runbook/draft.ts";
import { type FlowValue, Unknown } from "../value.ts";
import type { FrameVariable, HostWorld } from "./frame.ts";

/**
 * A sensitive variable is a secret of the runbook: not known in the plan, given only to the steps that read it, and
 * hidden in all that is shown and kept.
 */
export function secret(draft: Draft, world: HostWorld, name: string, value: FlowValue): FrameVariable {
  const texts = secretTexts(name, value);
  if (texts.length === 0) return { value: () => value, secrets: () => [] };
  const names = texts.map(([own, text]) => {
    draft.secrets.add(own, text);
    return own;
  });
  return {
    value: () => {
      const { ctx } = world;
      if (!ctx) return new Unknown([`var.${name}`]);
      for (const own of names) ctx.secrets.get(own);
      return value;
    },
    secrets: () => names,
  };
}

/** The texts in a value that are to be hidden, each with the name of its secret; null and `""` are none. */
export function secretTexts(
  name: string,
  value: unknown,
): ReadonlyArray<readonly [name: string, text: string]> {
  if (value === "") return [];
  const texts = textsIn(value);
  return texts.map((text, i) => [texts.length === 1 ? name : `${name}_${i + 1}`, text]);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
