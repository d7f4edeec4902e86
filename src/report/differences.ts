import { createHash } from "node:crypto";
import type { Mode, RunStarted, StepFinished } from "../event/event.ts";
import type { Change } from "../module/result.ts";
import { neutraliseLine } from "../util/neutralise.ts";
import type { Paint } from "./colour.ts";
import { changeLines } from "./diff.ts";
import { hostList } from "./names.ts";
import { signFor, styleFor, wordFor } from "./status.ts";

interface Difference {
  readonly step: string;
  readonly message: string;
  readonly changes: readonly Change[];
  readonly hosts: string[];
}

/** What steps changed, or would change; equal changes of several hosts are kept, and shown, once. */
export class Differences {
  readonly #mode: Mode;
  readonly #shown: boolean;
  readonly #groups = new Map<string, Difference>();

  /** @param shown false to name the steps only */
  constructor({ mode }: RunStarted, shown: boolean) {
    this.#mode = mode;
    this.#shown = shown;
  }

  add({ host, step, result, restored }: StepFinished): void {
    if (restored || !(result.changed || result.changes.length > 0)) return;
    const changes = this.#shown ? result.changes : [];
    const key = digest([step, result.message, changes]);
    const group = this.#groups.get(key);
    if (group) group.hosts.push(host);
    else this.#groups.set(key, { step, message: result.message, changes, hosts: [host] });
  }

  lines(paint: Paint): readonly string[] {
    const timeout = Math.max(5, Math.min(300, Math.floor(LONGEST / Math.max(1, this.#groups.size))));
    return [...this.#groups.values()].flatMap((group) => this.#lines(group, timeout, paint));
  }

  #lines({ step, message, changes, hosts }: Difference, timeout: number, paint: Paint): readonly string[] {
    const verb = wordFor("changed", this.#mode);
    const names = hostList(
      hosts.map((host) => neutraliseLine(host)),
      LONGEST_NAMES,
    );
    const head = paint(
      styleFor("changed"),
      `${signFor("changed")} ${neutraliseLine(step)} ${verb} on ${names}`,
    );
    const said = message === "" ? "" : `: ${neutraliseLine(message)}`;
    const body = changes.flatMap((change) => changeLines(change, timeout));
    return [
      head + said,
      ...body.map((cells) => `    ${cells.map(([style, text]) => paint(style, text)).join("")}`),
    ];
  }
}

/** Columns for the names of hosts; those beyond are counted. */
const LONGEST_NAMES = 200;

/** Milliseconds that all diffs together may take at the end of a run. */
const LONGEST = 10_000;

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64");
}
