import type { Counts, Event, HostStatus, HostView, StepView } from "../event/event.ts";
import { deferred } from "../util/deferred.ts";
import { neutraliseLine } from "../util/neutralise.ts";
import { type Place, placeSteps } from "./branches.ts";
import { type Condition, conditionOf } from "./status.ts";
import { displayWidth } from "./width.ts";

type EventOf<Type extends Event["type"]> = Extract<Event, { readonly type: Type }>;

/** A step as it stands. */
export interface StepState {
  readonly view: StepView;
  condition: Condition;
  /** When the condition began. */
  since: number;
  /** How long the step took, when it has ended. */
  took: number;
  /** One line about a step that has ended: its error or message, as it came. */
  message: string;
  attempt: number;
  retry: EventOf<"step-retry"> | undefined;
  /** The end of its output, as it came. */
  tail: Buffer;
  tailStream: string;
}

/** How a host ended. */
export interface HostEnd {
  readonly status: HostStatus;
  readonly counts: Counts;
  readonly error: string | undefined;
  readonly took: number;
}

/** A host as it stands. */
export class HostState {
  readonly view: HostView;
  readonly steps: ReadonlyMap<string, StepState>;
  /** Steps at work or about to be tried again, the oldest first. */
  readonly active = new Set<StepState>();
  /** The first step that failed. */
  failure: StepState | undefined;
  connecting = false;
  /** How many steps have ended. */
  done = 0;
  failed = 0;
  since = 0;
  end: HostEnd | undefined;
  #places: readonly Place[] | undefined;
  #width: number | undefined;
  /** Settled at the end of the host, rejected if it did not end well. */
  readonly settled = deferred<void>();

  constructor(view: HostView) {
    this.view = view;
    this.steps = new Map(view.steps.map((step) => [step.id, fresh(step)]));
  }

  /** The drawing of its graph, made when it is first looked at: most hosts of a big run never are. */
  get places(): readonly Place[] {
    this.#places ??= placeSteps(this.view.steps);
    return this.#places;
  }

  /** Columns of its longest line and name together; measured once, not for every picture. */
  get width(): number {
    this.#width ??= this.places.reduce(
      (widest, { lead, step }) =>
        Math.max(widest, displayWidth(lead) + displayWidth(neutraliseLine(step.id))),
      0,
    );
    return this.#width;
  }

  apply(event: Event, now: number): void {
    this.since ||= now;
    const step = "step" in event ? this.steps.get(event.step) : undefined;
    if (event.type === "host-connecting") this.connecting = true;
    else if (event.type === "host-finished") this.#finish(event, now);
    else this.connecting = false;
    if (!step) return;
    if (event.type === "step-started") this.#start(step, event, now);
    else if (event.type === "step-output") keepTail(step, event);
    else if (event.type === "step-retry") this.#retry(step, event, now);
    else if (event.type === "step-finished") this.#finishStep(step, event);
  }

  #start(step: StepState, { attempt }: EventOf<"step-started">, now: number): void {
    Object.assign(step, { condition: "running", since: now, attempt, tail: EMPTY });
    this.active.add(step);
  }

  #retry(step: StepState, event: EventOf<"step-retry">, now: number): void {
    Object.assign(step, { condition: "retrying", since: now, retry: event });
    this.active.add(step);
  }

  #finishStep(step: StepState, { result, restored }: EventOf<"step-finished">): void {
    this.active.delete(step);
    this.done += 1;
    step.condition = conditionOf(result);
    step.took = restored ? 0 : result.endedAt - result.startedAt;
    step.message = restored ? "done by an earlier run" : (result.error ?? result.message);
    step.tail = EMPTY;
    if (step.condition !== "failed") return;
    this.failed += 1;
    this.failure ??= step;
  }

  #finish({ status, counts, error }: EventOf<"host-finished">, now: number): void {
    this.connecting = false;
    this.end = { status, counts, error, took: now - this.since };
    if (status === "ok") this.settled.resolve();
    else this.settled.reject(new Error(status));
  }
}

const EMPTY = Buffer.alloc(0);

function fresh(view: StepView): StepState {
  const none = { took: 0, message: "", attempt: 1, retry: undefined, tail: EMPTY, tailStream: "" };
  return { view, condition: "waiting", since: 0, ...none };
}

/** A row of a terminal is all that is shown of it. */
const TAIL = 1024;

function keepTail(step: StepState, { data, stream }: EventOf<"step-output">): void {
  const before = step.tailStream === stream ? step.tail : EMPTY;
  const kept = data.length >= TAIL ? data : Buffer.concat([before, data]);
  step.tail = Buffer.from(kept.subarray(-TAIL));
  step.tailStream = stream;
}
