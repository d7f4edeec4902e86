import { Draft, type DraftOptions } from "../../runbook/draft.ts";
import type { Built } from "../../runbook/spec.ts";
import type { Flow } from "../flow.ts";
import { flowValueOf } from "../plain.ts";
import type { FlowValue } from "../value.ts";
import { addSteps } from "./add-steps.ts";
import { NONE } from "./conditions.ts";
import { type FrameVariable, HostWorld } from "./frame.ts";
import { type Library, makeFrame } from "./make-frame.ts";
import { secret } from "./sensitive.ts";

/** Makes a flow's steps for one host: the same frozen steps that a runbook's body makes. */
export function buildFlow(flow: Flow, options: DraftOptions, library: Library): Built {
  const draft = new Draft(options);
  const world = new HostWorld(options.host);
  const variables = new Map(
    Array.from(flow.variables.values(), (variable) => {
      const value = flowValueOf(options.params[variable.name]);
      return [variable.name, variable.sensitive ? secret(draft, world, variable.name, value) : plain(value)];
    }),
  );
  const frame = makeFrame({ flow, prefix: "", world, variables, within: [], library });
  addSteps(frame, { draft, library, entry: [], conditions: NONE, needed: [], become: undefined });
  return draft.built(undefined);

  function plain(value: FlowValue): FrameVariable {
    return { value: () => value, secrets: () => [] };
  }
}
