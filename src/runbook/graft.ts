import type { z } from "zod";
import type { StepHandle } from "../module/context.ts";
import type { Exports, Runbook, StepSpec } from "./spec.ts";

declare const owner: unique symbol;

/** A grafted runbook, for `await`, `changed` and the outputs of its steps. */
export interface GraftHandle<Book extends string = string, Steps extends Exports = Exports> {
  /** What stands before the names of its steps: `health` of `health.check`. */
  readonly prefix: string;
  /** The steps that the grafted runbook's body returned, typed by what they give. */
  readonly steps: { readonly [Key in keyof Steps]: Grafted<Steps[Key], Book> };
  readonly [owner]?: Book;
}

type Grafted<Handle, Book extends string> =
  Handle extends StepHandle<infer Output, string> ? StepHandle<Output, Book> : undefined;

/** What can be awaited: a step, a grafted runbook, or the name of one, also of one that is added later. */
export type Awaitable<Book extends string = string> =
  | StepHandle<unknown, Book>
  | GraftHandle<Book, Exports>
  | string;

/** How a runbook is grafted into another one. */
export type GraftOptions<Book extends string, Params extends z.ZodObject> = MergeOptions<Params> & {
  /** What its first steps await; the step added before it when left out; nothing for `[]`. */
  readonly await?: ReadonlyArray<Awaitable<Book>>;
};

/** How a runbook is merged into another one. */
export type MergeOptions<Params extends z.ZodObject> =
  Record<never, never> extends z.input<Params>
    ? { readonly params?: Readonly<z.input<Params>> }
    : { readonly params: Readonly<z.input<Params>> };

/** Options may be left out where every param may be. */
type Optional<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options];

/** Puts the steps of another runbook into this one, after the step before. */
export interface AddGraft<Book extends string> {
  <Params extends z.ZodObject, Steps extends Exports>(
    prefix: string,
    runbook: Runbook<Params, Steps>,
    ...options: Optional<GraftOptions<Book, Params>>
  ): GraftHandle<Book, Steps>;
  (prefix: string, name: string, options?: GraftOptions<Book, z.ZodObject>): GraftHandle<Book>;
}

/** Puts the steps of another runbook into this one, beside those that are there. */
export interface AddMerge<Book extends string> {
  <Params extends z.ZodObject, Steps extends Exports>(
    prefix: string,
    runbook: Runbook<Params, Steps>,
    ...options: Optional<MergeOptions<Params>>
  ): GraftHandle<Book, Steps>;
  (prefix: string, name: string, options?: MergeOptions<z.ZodObject>): GraftHandle<Book>;
}

/** True for the handle of a grafted runbook. */
export function isGraftHandle(value: unknown): value is GraftHandle {
  return typeof value === "object" && value !== null && "prefix" in value && "steps" in value;
}

/** Steps under a prefix: their names, and the names by which they know each other. Entries await `awaits`. */
export function prefixed(prefix: string, steps: readonly StepSpec[], awaits: readonly string[]): StepSpec[] {
  const toName = (name: string): string => `${prefix}.${name}`;
  return steps.map((step) =>
    Object.freeze({
      ...step,
      name: toName(step.name),
      awaits: step.awaits.length === 0 ? awaits : step.awaits.map(toName),
      changed: step.changed.map(toName),
      scope: { ...step.scope, prefix: `${toName(step.scope.prefix)}` },
    }),
  );
}

/** Names of the steps that no other one of these awaits. */
export function exitsOf(steps: readonly StepSpec[]): string[] {
  const awaited = new Set(steps.flatMap((step) => step.awaits));
  return steps.map(({ name }) => name).filter((name) => !awaited.has(name));
}
