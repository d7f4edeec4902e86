import { formatDuration } from "../util/duration.ts";
import { neutralise, neutraliseLine } from "../util/neutralise.ts";
import { changeLines } from "./diff.ts";
import type { HostReport, RunReport, StepReport } from "./run-report.ts";
import { stepSign, stepWord } from "./run-report.ts";

/** A run as Markdown, piece by piece: what it was, a checklist, the errors, and every step with what it printed. */
export async function* markdownOf(run: RunReport): AsyncGenerator<string> {
  yield* head(run);
  yield* summary(run);
  yield* variables(run);
  for (const host of run.hosts) {
    yield `\n## Host: ${plain(host.host)}\n`;
    for (const [i, step] of host.steps.entries()) yield await section(step, `${i + 1}/${host.steps.length}`);
  }
}

const SIGNS = { completed: "✓", failed: "✗", died: "✗", halted: "⏸", running: "⟳" } as const;

function* head({ runbook, id, status, startedAt, endedAt, hosts }: RunReport): Generator<string> {
  yield `# Runbook: ${plain(runbook)}\n\n`;
  yield `- **Status:** ${SIGNS[status]} ${status}\n`;
  yield `- **Run:** ${code(id)}\n`;
  yield `- **Hosts:** ${hosts.map(({ host }) => plain(host)).join(", ")}\n`;
  yield `- **Started:** ${utc(startedAt)}\n`;
  if (endedAt === undefined) return;
  yield `- **Ended:** ${utc(endedAt)}\n`;
  yield `- **Duration:** ${formatDuration(endedAt - startedAt)}\n`;
}

function* summary({ hosts }: RunReport): Generator<string> {
  yield "\n## Summary\n";
  for (const { host, steps } of hosts) {
    if (hosts.length > 1) yield `\n### ${plain(host)}\n`;
    yield "\n";
    for (const step of steps) yield checklistItem(step);
  }
  const errors = hosts.flatMap(errorsOf);
  if (errors.length > 0) yield `\n### Errors\n\n${errors.join("")}`;
}

/** Done steps are ticked; one that was skipped by its own condition needs no doing either. */
function checklistItem(step: StepReport): string {
  const { id, result } = step;
  const name = plain(id);
  const isDone = result?.status === "ok" || result?.status === "changed" || result?.status === "skipped";
  if (isDone) return `- [x] ${name}${result.status === "ok" ? "" : ` (${result.status})`}\n`;
  return result?.status === "failed" && !result.ignored
    ? `- [ ] **ERROR** ${name}\n`
    : `- [ ] ${name} (${stepWord(step)})\n`;
}

function errorsOf({ host, steps }: HostReport): string[] {
  return steps
    .filter(({ result }) => result?.status === "failed")
    .map(({ id, result }) => `- **${plain(host)}, ${plain(id)}:** ${plain(result?.error ?? "failed")}\n`);
}

function* variables({ params }: RunReport): Generator<string> {
  if (params.length === 0) return;
  yield "\n## Variables\n\n| name | value |\n| ---- | ----- |\n";
  for (const [name, value] of params) yield `| ${plain(name)} | ${code(value).replaceAll("|", "\\|")} |\n`;
}

async function section(step: StepReport, place: string): Promise<string> {
  const { id, module, result } = step;
  const facts = [
    ["Status", stepWord(step)],
    ["Module", module],
    [
      "Duration",
      result && result.attempts > 0 ? formatDuration(result.endedAt - result.startedAt) : undefined,
    ],
    ["Exit code", result?.exitCode ? String(result.exitCode) : undefined],
    ["Attempts", result && result.attempts > 1 ? String(result.attempts) : undefined],
    ["Message", result?.message || undefined],
    ["Error", result?.error],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined);
  const changes = (result?.changes ?? []).flatMap((change) =>
    changeLines(change).map((cells) => cells.map(([, text]) => text).join("")),
  );
  return [
    `\n### Step: ${plain(id)} (${place}) ${stepSign(step)}\n\n`,
    ...facts.map(([name, text]) => `- **${name}:** ${plain(text)}\n`),
    changes.length > 0 ? `\n**Changes**\n\n${fenced(changes.join("\n"), "diff")}` : "",
    await printed(step),
  ].join("");
}

async function printed(step: StepReport): Promise<string> {
  const { pieces, leftOut } = await step.output();
  if (pieces.length === 0) return "";
  const text = neutralise(Buffer.concat(pieces.map(({ data }) => data)));
  const note = leftOut > 0 ? ` (without its first ${leftOut} bytes)` : "";
  return `\n**Output**${note}\n\n${fenced(text, "text")}`;
}

/** A fence that nothing in the text can end. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.endsWith("\n") ? text : `${text}\n`}${fence}\n`;
}

function code(text: string): string {
  const safe = neutraliseLine(text);
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = "`".repeat(longest + 1);
  return longest > 0 || safe.trim() !== safe || safe === ""
    ? `${ticks} ${safe} ${ticks}`
    : `${ticks}${safe}${ticks}`;
}

/** Text that Markdown and HTML take for nothing but text. */
function plain(text: string): string {
  return neutraliseLine(text).replaceAll(/[\\`*_{}[\]<>|#&~]/g, "\\$&");
}

function utc(epoch: number): string {
  return `${new Date(epoch).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
