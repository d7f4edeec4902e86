import type { Position } from "../errors.ts";
import type { Result } from "../module/result.ts";
import type { Mode } from "../module/work.ts";

export type { Mode } from "../module/work.ts";

/** A step as reporters need to know it. */
export interface StepView {
  /** Unique on its host: the step's name, behind its runbook's when several run (`web/restart`). */
  readonly id: string;
  readonly module: string;
  /** Ids of the steps it awaits. */
  readonly awaits: readonly string[];
  readonly where: Position | undefined;
}

/** A host of the run and the steps planned for it, in the order of the source. */
export interface HostView {
  readonly host: string;
  readonly steps: readonly StepView[];
}

/** How many steps of a host ended how; `changed` and `ignored` ones are among `ok` too, as in Ansible's recap. */
export interface Counts {
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly blocked: number;
  readonly cancelled: number;
  readonly ignored: number;
}

/** What became of a host. */
export type HostStatus = "ok" | "failed" | "unreachable" | "cancelled";

/** What became of the run. */
export type RunStatus = "completed" | "failed" | "halted";

/** The run begins: everything is planned, nothing has connected. */
export interface RunStarted {
  readonly type: "run-started";
  readonly run: string;
  readonly runbook: string;
  readonly mode: Mode;
  readonly hosts: readonly HostView[];
  /** True when finished steps of an earlier run are taken over. */
  readonly resumed: boolean;
}

/** A connection to the host is being opened; again after a reboot or a lost line. */
export interface HostConnecting {
  readonly type: "host-connecting";
  readonly host: string;
}

/** The host is there and answers. */
export interface HostConnected {
  readonly type: "host-connected";
  readonly host: string;
}

/** A step begins; `attempt` counts from 1. */
export interface StepStarted {
  readonly type: "step-started";
  readonly host: string;
  readonly step: string;
  readonly attempt: number;
}

/** A step printed something: raw bytes, exactly as they came. */
export interface StepOutput {
  readonly type: "step-output";
  readonly host: string;
  readonly step: string;
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

/** An attempt failed and another one follows in `delay` ms. */
export interface StepRetry {
  readonly type: "step-retry";
  readonly host: string;
  readonly step: string;
  readonly attempt: number;
  /** Attempts in all; undefined where only time limits them. */
  readonly of?: number;
  readonly delay: number;
  readonly error: string;
}

/** A step has ended. With `restored`, an earlier run had ended it and nothing was done now. */
export interface StepFinished {
  readonly type: "step-finished";
  readonly host: string;
  readonly step: string;
  readonly result: Result;
  readonly restored: boolean;
}

/** Nothing more will happen on this host. */
export interface HostFinished {
  readonly type: "host-finished";
  readonly host: string;
  readonly status: HostStatus;
  readonly counts: Counts;
  /** Why, for an unreachable host. */
  readonly error?: string;
  readonly hint?: string;
  /** What the line cost. */
  readonly traffic: Traffic;
  readonly times: Times;
}

/** What a host's connections carried. */
export interface Traffic {
  readonly connections: number;
  readonly channels: number;
  readonly roundTrips: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/**
 * What the time went into while the host was at work, in ms; no moment is in two of them. What the host spent is
 * measured between the marks that it sends before and after each script, so the way there and back is not in it.
 */
export interface Times {
  /** Opening connections and logging in. */
  readonly connect: number;
  /** Scripts ran on the host. */
  readonly host: number;
  /** Something was on its way to it or back: round trips, and files that were sent. */
  readonly line: number;
  /** The rest: work on this side, and steps that wait here. */
  readonly here: number;
}

/** The run has ended. */
export interface RunFinished {
  readonly type: "run-finished";
  readonly run: string;
  readonly status: RunStatus;
  /** Milliseconds from start to end. */
  readonly duration: number;
  /** The command that goes on where this run stopped, when there is one. */
  readonly resume?: string;
  /** Where journal and outputs lie. */
  readonly directory?: string;
}

/** Something a person should know, which stops nothing. */
export interface Warning {
  readonly type: "warning";
  readonly host?: string;
  readonly message: string;
}

/** Everything that is ever shown is one of these. */
export type Event =
  | RunStarted
  | HostConnecting
  | HostConnected
  | StepStarted
  | StepOutput
  | StepRetry
  | StepFinished
  | HostFinished
  | RunFinished
  | Warning;

/** Takes events, in the order they happen. */
export type Emit = (event: Event) => void;
