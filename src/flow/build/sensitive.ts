import type { Draft } from "../../runbook/draft.ts";
import { type FlowValue, Unknown } from "../value.ts";
import type { FrameVariable, HostWorld } from "./frame.ts";

/**
 * A sensitive variable is a secret of the runbook: not known in the plan, given only to the steps that read it, and
 * hidden in all that is shown and kept.
 */
export function secret(draft: Draft, world: HostWorld, name: string, value: FlowValue): FrameVariable {
  if (value === null || value === "") return { value: () => value, secrets: () => [] };
  const texts = textsIn(value);
  const names = texts.map((text, i) => {
    const own = texts.length === 1 ? name : `${name}_${i + 1}`;
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

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
