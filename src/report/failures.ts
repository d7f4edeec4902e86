import type { Event, HostFinished, HostView, RunStarted, StepFinished, StepView } from "../event/event.ts";
import { neutralise, neutraliseLine } from "../util/neutralise.ts";
import type { Paint } from "./colour.ts";
import { lastLines } from "./last-lines.ts";
import { hostList } from "./names.ts";
import type { OutputLine } from "./output-lines.ts";
import { placeText } from "./place.ts";
import { signFor } from "./status.ts";

/** One thing that went wrong, on every host where it went wrong in the same way. */
interface Failure {
  /** What failed, to be followed by the hosts. */
  readonly title: string;
  readonly where: string;
  readonly reason: string;
  readonly hint: string;
  readonly output: readonly OutputLine[];
  /** Ids of the steps that could not begin because of it. */
  readonly blocked: readonly string[];
}

interface HostTrouble {
  readonly view: HostView;
  readonly failed: StepFinished[];
  readonly blocked: Set<string>;
  end: HostFinished | undefined;
}

/** Columns for the names of hosts; those beyond are counted. */
const LONGEST_NAMES = 400;

/** More than anybody reads at once; the rest is in the log. */
const MOST = 20;

/** What went wrong on which hosts; equal failures are told once. */
export class Failures {
  readonly #views: ReadonlyMap<string, HostView>;
  readonly #troubles = new Map<string, HostTrouble>();

  constructor({ hosts }: RunStarted) {
    this.#views = new Map(hosts.map((view) => [view.host, view]));
  }

  add(event: Event): void {
    if (event.type === "step-finished" && !event.restored) this.#addStep(event);
    else if (event.type === "host-finished" && event.status !== "ok") this.#addEnd(event);
  }

  lines(paint: Paint): readonly string[] {
    const groups = this.#groups();
    const blocks = groups.slice(0, MOST).map(([failure, hosts]) => failureLines(failure, hosts, paint));
    const more = groups.length > MOST ? [[`… and ${groups.length - MOST} other failures`]] : [];
    return [...blocks, ...more].flatMap((block, index) => (index > 0 ? ["", ...block] : block));
  }

  #addStep(event: StepFinished): void {
    const { status, ignored } = event.result;
    if (status === "failed" && ignored !== true) this.#trouble(event.host)?.failed.push(event);
    else if (status === "blocked") this.#trouble(event.host)?.blocked.add(event.step);
  }

  #addEnd(event: HostFinished): void {
    const trouble = this.#trouble(event.host);
    if (trouble) trouble.end = event;
  }

  #trouble(host: string): HostTrouble | undefined {
    const view = this.#views.get(host);
    const known = this.#troubles.get(host);
    if (known || !view) return known;
    const trouble = { view, failed: [], blocked: new Set<string>(), end: undefined };
    this.#troubles.set(host, trouble);
    return trouble;
  }

  #groups(): readonly (readonly [Failure, readonly string[]])[] {
    const groups = new Map<string, readonly [Failure, string[]]>();
    for (const [host, trouble] of this.#troubles) {
      for (const failure of failuresOf(trouble)) {
        const key = withoutName(JSON.stringify(failure), host);
        const group = groups.get(key);
        if (group) group[1].push(host);
        else groups.set(key, [failure, [host]]);
      }
    }
    // Failed steps first, then what befell whole hosts.
    return [...groups.values()].sort(([a], [b]) => Number(a.where === "") - Number(b.where === ""));
  }
}

/** Errors like to name their host; those of two hosts are equal all the same. */
function withoutName(text: string, host: string): string {
  return host.length < 3 ? text : text.replaceAll(host, "\0");
}

function failuresOf({ view, failed, blocked, end }: HostTrouble): readonly Failure[] {
  const steps = new Map(view.steps.map((step) => [step.id, step]));
  const failures = failed.map(({ step, result }) => {
    const exit = result.exitCode === undefined ? "" : `exit ${result.exitCode}`;
    return {
      title: `${step} failed`,
      where: whereOf(steps.get(step)),
      reason: [result.command ?? "", reasonOf(exit, result.error ?? result.message)]
        .filter(Boolean)
        .join("\n"),
      hint: "",
      output: lastLines(result),
      blocked: [...blocked].filter((id) => awaitsAnyhow(id, step, steps, blocked)),
    };
  });
  if (end?.error === undefined) return failures;
  const about = { where: "", output: [], blocked: [], hint: end.hint ?? "" };
  return [...failures, { title: end.status, reason: end.error, ...about }];
}

/** The error often begins with the exit status itself. */
function reasonOf(exit: string, error: string): string {
  return error.startsWith("exit ") ? error : [exit, error].filter(Boolean).join(": ");
}

function whereOf(step: StepView | undefined): string {
  if (!step?.where) return "";
  return `at ${placeText(step.where)} (${step.module})`;
}

/** Whether a blocked step awaits the failed one, itself or through others that were blocked. */
function awaitsAnyhow(
  id: string,
  failed: string,
  steps: ReadonlyMap<string, StepView>,
  blocked: ReadonlySet<string>,
): boolean {
  const seen = new Set([id]);
  // A set grows while it is walked: what is added is visited too.
  for (const one of seen) {
    const awaits = steps.get(one)?.awaits ?? [];
    if (awaits.includes(failed)) return true;
    for (const next of awaits) if (blocked.has(next)) seen.add(next);
  }
  return false;
}

function failureLines(failure: Failure, hosts: readonly string[], paint: Paint): readonly string[] {
  const names = hostList(
    hosts.map((host) => neutraliseLine(host)),
    LONGEST_NAMES,
  );
  const style = failure.title === "unreachable" ? "unreachable" : "failed";
  const details = [
    ...failure.output.map(({ stream, text }) => `${paint("dim", `${stream} |`)} ${text}`),
    failure.blocked.length === 0 ? "" : `blocked: ${neutraliseLine(failure.blocked.join(", "))}`,
    failure.hint === "" ? "" : `hint: ${neutraliseLine(failure.hint)}`,
  ];
  return [
    paint(style, `${signFor("failed")} ${neutraliseLine(failure.title)} on ${names}`),
    failure.where === "" ? "" : `    ${paint("dim", neutraliseLine(failure.where))}`,
    ...neutralise(failure.reason)
      .split("\n")
      .map((line) => `    ${line}`),
    ...details.filter((line) => line !== "").map((line) => `    ${line}`),
  ].filter((line) => line.trim() !== "");
}
