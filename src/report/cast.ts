import { neutraliseLine } from "../util/neutralise.ts";
import { painter } from "./colour.ts";
import { changeLines } from "./diff.ts";
import { elapsed } from "./elapsed.ts";
import { OutputLines } from "./output-lines.ts";
import type { HostReport, RunReport, StepReport } from "./run-report.ts";
import { stepSign, stepWord } from "./run-report.ts";
import { conditionOf, styleFor } from "./status.ts";

/** A moment of a run. */
interface Moment {
  readonly at: number;
  readonly lines: () => readonly string[];
  readonly marker?: string;
}

const paint = painter(true);

/**
 * A run as an asciicast, version 3: a line of JSON each for the head and for what happened, with the seconds since the
 * line before. Each step has markers at its beginning and end.
 */
export async function* castOf(run: RunReport): AsyncGenerator<string> {
  yield line({
    version: 3,
    term: { cols: 120, rows: 40, type: "xterm-256color" },
    timestamp: Math.floor(run.startedAt / 1000),
    idle_time_limit: 2,
    title: neutraliseLine(run.runbook),
  });
  let before = run.startedAt;
  const since = (at: number): number => {
    const seconds = Math.max(0, at - before) / 1000;
    before = Math.max(before, at);
    return seconds;
  };
  for (const { at, marker, lines } of await momentsOf(run)) {
    if (marker !== undefined) yield line([since(at), "m", marker]);
    const text = lines();
    if (text.length > 0) yield line([since(at), "o", text.map((one) => `${one}\r\n`).join("")]);
  }
  const end = run.endedAt ?? before;
  if (run.status !== "running") yield line([since(end), "x", run.status === "completed" ? "0" : "1"]);
}

async function momentsOf({ hosts }: RunReport): Promise<readonly Moment[]> {
  const isAlone = hosts.length === 1;
  const moments = await Promise.all(
    hosts.flatMap((host) => host.steps.map((step) => momentsOfStep(host, step, isAlone))),
  );
  return moments.flat().toSorted((a, b) => a.at - b.at);
}

async function momentsOfStep({ host }: HostReport, step: StepReport, isAlone: boolean): Promise<Moment[]> {
  const { result } = step;
  const { pieces } = await step.output();
  const name = neutraliseLine(isAlone ? step.id : `${host}:${step.id}`);
  const lead = isAlone ? "" : `${paint("dim", `${neutraliseLine(host)} |`)} `;
  const first = result?.startedAt ?? pieces[0]?.at;
  if (first === undefined) return [];
  const output = new OutputLines();
  const printed = pieces.map((piece) => ({
    at: piece.at,
    lines: () => {
      const said = output.push({ type: "step-output", host, step: step.id, ...piece });
      return said.map(({ text }) => `${lead}${text}`);
    },
  }));
  const rest = (): string[] => output.end(host, step.id).map(({ text }) => `${lead}${text}`);
  const begin = {
    at: first,
    marker: `step:${name}`,
    lines: () => [`${lead}${paint("bold", `▸ ${neutraliseLine(step.id)}`)}`],
  };
  const last = Math.max(first, result?.endedAt ?? first, pieces.at(-1)?.at ?? first);
  const marker = `step:${name}:${outcomeOf(step)}`;
  return [begin, ...printed, { at: last, marker, lines: () => [...rest(), ...ending(step, lead)] }];
}

/** The words that Runcom has in its markers. */
function outcomeOf({ result }: StepReport): "ok" | "error" | "skipped" | "unfinished" {
  if (!result) return "unfinished";
  if (result.status === "ok" || result.status === "changed") return "ok";
  return result.status === "failed" ? "error" : "skipped";
}

function ending(step: StepReport, lead: string): readonly string[] {
  const { result } = step;
  const took = result && result.attempts > 0 ? ` ${elapsed(result.endedAt - result.startedAt)}` : "";
  const said = neutraliseLine(result?.error ?? result?.message ?? "");
  const head = `${stepSign(step)} ${neutraliseLine(step.id)} ${stepWord(step)}`;
  const changes = (result?.changes ?? []).flatMap((change) =>
    changeLines(change).map(
      (cells) => `${lead}    ${cells.map(([style, text]) => paint(style, text)).join("")}`,
    ),
  );
  return [
    ...changes,
    `${lead}${paint(result ? styleFor(conditionOf(result)) : "skipped", head)}${paint("dim", took)}${said && `  ${said}`}`,
  ];
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
