import { contextOfPlan } from "../../src/module/context.ts";
import { localSide } from "../../src/module/local-side.ts";

/** The context of a step on a host of which nothing is known but its name. */
export const NO_CONTEXT = contextOfPlan(
  { name: "host", vars: {}, groups: [] },
  { params: {}, assigns: {} },
  localSide("/").secrets,
);
