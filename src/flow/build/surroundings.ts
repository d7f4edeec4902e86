import type { Draft } from "../../runbook/draft.ts";
import type { Conditions, Fragile } from "./conditions.ts";
import type { Library } from "./make-frame.ts";

/** What steps are added to, and what those of a flow inherit that a task runs. */
export interface Surroundings {
  readonly draft: Draft;
  readonly library: Library;
  /** Names of the steps that those await which need nothing of their own flow. */
  readonly entry: readonly string[];
  readonly conditions: Conditions;
  /** Steps around them that may be cancelled, and then cancel these. */
  readonly needed: readonly Fragile[];
  readonly become: boolean | string | undefined;
}
