import type { Counts, Event, HostView, RunStarted, StepView, Times, Traffic } from "../../src/event/event.ts";
import type { Result } from "../../src/module/result.ts";
import type { Clock, Output, ReporterOptions } from "../../src/report/options.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = new Date(2026, 10, 21, 12, 3, 4).getTime();
  #timers: { readonly due: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = next.due;
      next.callback();
    }
    this.#now = end;
  }

  #next(end: number) {
    return this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}

/** A stream that keeps what is written to it. */
export class FakeOutput implements Output {
  readonly writes: string[] = [];
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  readonly #onWrite: (text: string) => void;
  readonly #listeners = new Set<() => void>();

  constructor({ isTTY = false, columns = 80, rows = 24, onWrite = (_text: string) => {} } = {}) {
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
    this.#onWrite = onWrite;
  }

  get text(): string {
    return this.writes.join("");
  }

  write(text: string, done?: () => void): boolean {
    if (text !== "") this.writes.push(text);
    if (text !== "") this.#onWrite(text);
    done?.();
    return true;
  }

  on(event: string, listener: () => void): void {
    if (event === "resize") this.#listeners.add(listener);
  }

  off(_event: string, listener: () => void): void {
    this.#listeners.delete(listener);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.#listeners) listener();
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

export function options(stdout: Output, more: Partial<ReporterOptions> = {}): ReporterOptions {
  return { stdout, stderr: new FakeOutput(), colour: false, verbosity: 0, diff: false, ...more };
}

/** Steps from `a`, `b < a`, `c < a b`: what stands right of `<` is awaited. */
export function graph(...lines: readonly string[]): readonly StepView[] {
  return lines.map((line, index) => {
    const [id = "", awaits = ""] = line.split(" < ");
    const where = { file: "site.ts", line: index + 1 };
    return { id, module: "bash", awaits: awaits.split(" ").filter(Boolean), where };
  });
}

export function views(hosts: readonly string[], steps: readonly StepView[]): readonly HostView[] {
  return hosts.map((host) => ({ host, steps }));
}

export function started(hosts: readonly HostView[], more: Partial<RunStarted> = {}): RunStarted {
  return {
    type: "run-started",
    run: "8f2c",
    runbook: "deploy",
    mode: "apply",
    hosts,
    resumed: false,
    ...more,
  };
}

export function begin(host: string, step: string, attempt = 1): Event {
  return { type: "step-started", host, step, attempt };
}

export function output(
  host: string,
  step: string,
  text: string | Buffer,
  stream: "stdout" | "stderr" = "stdout",
): Event {
  return { type: "step-output", host, step, stream, data: Buffer.from(text) };
}

function result(more: Partial<Result> = {}): Result {
  const none = {
    message: "",
    output: "",
    stderr: "",
    changes: [],
    attempts: 1,
    startedAt: 1000,
    endedAt: 2200,
  };
  return { status: "ok", changed: more.status === "changed", ...none, ...more };
}

export function finish(host: string, step: string, more: Partial<Result> = {}, restored = false): Event {
  return { type: "step-finished", host, step, result: result(more), restored };
}

function counts(more: Partial<Counts> = {}): Counts {
  return { ok: 0, changed: 0, failed: 0, skipped: 0, blocked: 0, cancelled: 0, ignored: 0, ...more };
}

const TIMES: Times = { connect: 20, host: 300, line: 40, here: 5 };
const TRAFFIC: Traffic = { connections: 1, channels: 1, roundTrips: 2, bytesOut: 10, bytesIn: 20 };

type HostFinished = Extract<Event, { readonly type: "host-finished" }>;

export function end(host: string, more: Partial<Counts> = {}, rest: Partial<HostFinished> = {}): Event {
  const status = (more.failed ?? 0) > 0 ? "failed" : "ok";
  return {
    type: "host-finished",
    host,
    status,
    counts: counts(more),
    traffic: TRAFFIC,
    times: TIMES,
    ...rest,
  };
}

export function over(more: Partial<Extract<Event, { readonly type: "run-finished" }>> = {}): Event {
  return { type: "run-finished", run: "8f2c", status: "completed", duration: 12_400, ...more };
}
