import type { Host } from "../inventory/model.ts";
import type { SecretSpec } from "../runbook/secrets.ts";
import type { StepSpec } from "../runbook/spec.ts";

/** A step of one host, checked. */
export interface PlannedStep extends StepSpec {
  /** Unique on its host: the name, behind its part's name when the site has several (`web/restart`). */
  readonly id: string;
  /** Ids of the steps that it awaits. */
  readonly needs: readonly string[];
  /** Ids of the steps of `changed`. */
  readonly changedNeeds: readonly string[];
}

/** One runbook of the site, for one host. */
export interface HostPart {
  readonly name: string;
  readonly steps: readonly PlannedStep[];
  /** Those that it names; loaded are only those that some step is given. */
  readonly secrets: readonly SecretSpec[];
}

/** Everything that will happen on a host. */
export interface HostPlan {
  readonly host: Host;
  /** In the order of the site; only those that this host takes part in. */
  readonly parts: readonly HostPart[];
}

/** One runbook of the site, across its hosts. */
export interface PartPlan {
  readonly name: string;
  readonly awaits: readonly string[];
  /** Host names in groups that go one after another; one group unless `serial` says otherwise. */
  readonly batches: ReadonlyArray<readonly string[]>;
}

/** Who does what: every host's steps, ordered and checked. Immutable; nothing has been touched. */
export interface Plan {
  readonly name: string;
  /** Absolute path of the runbook file; undefined for ad hoc runs. */
  readonly file: string | undefined;
  readonly hosts: readonly HostPlan[];
  readonly parts: readonly PartPlan[];
  /** Changes when steps, options or hosts do: SHA-256 over all of them. */
  readonly fingerprint: string;
}

/** All steps of a host, in the order of the source. */
export function stepsOf(plan: HostPlan): readonly PlannedStep[] {
  return plan.parts.flatMap((part) => part.steps);
}
