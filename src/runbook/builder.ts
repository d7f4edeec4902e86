import type { z } from "zod";
import type { HostFacts, StepHandle } from "../module/context.ts";
import type { ModuleCall } from "../module/define.ts";
import type { Assign } from "./assigns.ts";
import type { StepOptions } from "./framework.ts";
import type { AddGraft, AddMerge } from "./graft.ts";
import type { AddSecret } from "./secrets.ts";

/** Adds a step to the runbook; the handle is for `await`, `when` and deferred values of later steps. */
export type AddStep<Book extends string> = <Output, Post = Output>(
  name: string,
  call: ModuleCall<Output>,
  options?: StepOptions<Output, Book, Post>,
) => StepHandle<Post, Book>;

/** What a runbook's body works with. */
export interface Builder<Book extends string, Params> {
  readonly params: Params;
  /** The host that the steps are being planned for. */
  readonly host: HostFacts;
  readonly step: AddStep<Book>;
  /** Puts another runbook's steps here, named `PREFIX.STEP`, after the step before. */
  readonly graft: AddGraft<Book>;
  /** The same, beside the steps that are there: a graft that awaits nothing. */
  readonly merge: AddMerge<Book>;
  readonly assign: Assign;
  readonly secret: AddSecret<Book>;
}

/** The params that a body gets. Where there are none, zod's own type would give `never`, which fits everywhere. */
export type ParamsOf<Params extends z.ZodObject> =
  z.output<Params> extends Record<string, never>
    ? Readonly<Record<never, never>>
    : Readonly<z.output<Params>>;
