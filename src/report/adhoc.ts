import type { Event, HostFinished, StepFinished } from "../event/event.ts";
import { neutralise } from "../util/neutralise.ts";
import { Tail } from "../util/tail.ts";
import { painter } from "./colour.ts";
import { flushed, type ReporterOptions } from "./options.ts";
import { Profile } from "./profile.ts";
import type { Reporter } from "./reporter.ts";
import { type Condition, styleFor } from "./status.ts";

/** How much of a host's output is shown; the end of it when there is more. */
const SHOWN = 1024 * 1024;

/** Shows ad hoc commands as Ansible does: a line `web1 | CHANGED | rc=0 >>` for each host, then what it printed. */
export class AdhocReporter implements Reporter {
  readonly #options: ReporterOptions;
  readonly #outputs = new Map<string, Tail>();
  readonly #profile: Profile | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#profile = options.profile ? new Profile(options) : undefined;
  }

  report(event: Event): void {
    this.#profile?.add(event);
    if (event.type === "step-output") this.#output(event.host).push(event.data);
    else if (event.type === "step-finished") this.#step(event);
    else if (event.type === "host-finished") this.#host(event);
    else if (event.type === "warning") this.#options.stderr.write(`warning: ${neutralise(event.message)}\n`);
  }

  async close(): Promise<void> {
    const { stdout, colour } = this.#options;
    const lines = this.#profile?.lines(painter(colour)) ?? [];
    if (lines.length > 0) stdout.write(`\n${lines.join("\n")}\n`);
    await flushed(stdout);
  }

  #output(host: string): Tail {
    const output = this.#outputs.get(host) ?? new Tail(SHOWN);
    this.#outputs.set(host, output);
    return output;
  }

  #step({ host, result }: StepFinished): void {
    const { status, exitCode, message, error, changes } = result;
    const word = status === "ok" ? "SUCCESS" : status.toUpperCase();
    const code = exitCode === undefined ? "" : ` | rc=${exitCode}`;
    const said = [
      message,
      ...changes
        .filter(({ text }) => !text)
        .map(({ property, was, want }) => `${property}: ${was} → ${want}`),
    ];
    const notes = [...new Set([...said, error ?? ""])].filter(
      (note) => note !== "" && !message.includes(`${note},`),
    );
    const output = neutralise(this.#output(host).text());
    this.#outputs.delete(host);
    this.#line(
      host,
      `${word}${code}`,
      status,
      `${output === "" && notes.length > 0 ? notes.join("; ") : ""}`,
    );
    this.#options.stdout.write(output.endsWith("\n") || output === "" ? output : `${output}\n`);
  }

  #host({ host, status, error, hint }: HostFinished): void {
    if (status !== "unreachable") return;
    this.#line(host, "UNREACHABLE!", status, neutralise(error ?? ""));
    if (hint) this.#options.stdout.write(`  hint: ${neutralise(hint)}\n`);
  }

  #line(host: string, word: string, condition: Condition, rest: string): void {
    const paint = painter(this.#options.colour);
    const head = paint(styleFor(condition), `${neutralise(host)} | ${word} >>`);
    this.#options.stdout.write(`${head}${rest ? ` ${rest}` : ""}\n`);
  }
}
