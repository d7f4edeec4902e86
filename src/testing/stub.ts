import type { z } from "zod";
import type { StubAnswer, StubbedCall, Stubs } from "../engine/stubs.ts";
import { RcmError } from "../errors.ts";
import { isModule, type Module, type OptionsSchema } from "../module/define.ts";
import type { Facts } from "../module/facts.ts";

/** A step that a stub is asked about. */
export interface StubCall {
  readonly host: string;
  /** The step's id. */
  readonly step: string;
  /** The module's name. */
  readonly module: string;
  /** Checked, with defaults, and nothing deferred in them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * What a stubbed step comes to. An action is judged as if a host had answered so: it counts as changed, and another
 * `exitCode` than 0 fails it, unless its `changedWhen` and `failedWhen` say otherwise. Everything else counts as
 * unchanged unless `changed` says so.
 */
export interface StubResult<Output = unknown> {
  /** What the step gives, before `post`. */
  readonly output?: Output;
  readonly stderr?: string;
  readonly exitCode?: number;
  readonly changed?: boolean;
  /** One line for people. */
  readonly message?: string;
  /** Why it failed. */
  readonly error?: string;
}

/** What answers in place of a host; made by {@link stub} and {@link stubAny}. */
export interface Stub {
  /** @internal */
  readonly answer: (call: StubCall) => MaybeResult<unknown>;
}

/** A result, or undefined from a stub that the call is not for. */
export type MaybeResult<Output> = StubResult<Output> | undefined | Promise<StubResult<Output> | undefined>;

/**
 * Answers the calls of one module, known by its name. A function gets the options, typed by the module's schema; when it
 * returns undefined, the next stub is asked.
 *
 * @throws RcmError when the first argument is no module
 * @example
 * stub(command, ({ cmd }) => (cmd.startsWith("apt-get") ? { output: "installed" } : undefined));
 * stub(command, { output: "anything else" });
 */
export function stub<Schema extends OptionsSchema, Output>(
  module: Module<Schema, Output>,
  result: StubResult<Output> | ((options: z.output<Schema>, call: StubCall) => MaybeResult<Output>),
): Stub {
  if (!isModule(module))
    throw new RcmError("Cannot stub this: wanted a module, such as command", { code: "usage" });
  const { name } = (module as Module).definition;
  return {
    answer: (call) => {
      if (call.module !== name) return undefined;
      return typeof result === "function" ? result(call.options as z.output<Schema>, call) : result;
    },
  };
}

/** Answers the calls of all modules: the last one in a list of stubs. */
export function stubAny(result: StubResult | ((call: StubCall) => MaybeResult<unknown>)): Stub {
  return { answer: (call) => (typeof result === "function" ? result(call) : result) };
}

/** A Debian machine, for steps that read facts. */
const FACTS: Facts = Object.freeze({
  os: "linux",
  arch: "x86_64",
  kernel: "6.1.0-28-amd64",
  hostname: "stub",
  osVersion: "Debian GNU/Linux 12 (bookworm)",
  distro: "debian",
  distroVersion: "12",
  distroFamily: "debian",
  cpus: 2,
  memoryMb: 2048,
  bootId: "00000000-0000-4000-8000-000000000000",
  user: "root",
  home: "/root",
});

/** Facts for hosts that are not there: the same for all, or by name. */
export type StubFacts = Partial<Facts> | ((host: string) => Partial<Facts>);

/** Asks stubs in order; the first that has an answer gives it. Every call is noted. */
export function standIns(stubs: readonly Stub[], given: StubFacts, noted: (call: StubCall) => void): Stubs {
  return {
    facts: (host) => ({ ...FACTS, hostname: host, ...(typeof given === "function" ? given(host) : given) }),
    answer: async ({ host, step, definition, options }: StubbedCall): Promise<StubAnswer> => {
      const call = { host, step, module: definition.name, options };
      noted(call);
      for (const one of stubs) {
        const result = await one.answer(call);
        if (result !== undefined) return result;
      }
      throw new RcmError(`No stub for ${definition.name}(${show(options)})`, {
        code: "step",
        hint: `add stub(${definition.name}, …), or a stubAny(…) at the end`,
      });
    },
  };
}

function show(options: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(options, (_key, value: unknown) =>
    typeof value === "function" || typeof value === "bigint" ? String(value) : value,
  );
}
