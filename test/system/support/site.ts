import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { Result } from "../../../src/module/result.ts";
import { type Outcome, type Running, Workplace } from "../../support/rcm.ts";
import type { HostName } from "./hosts.ts";
import { theLab } from "./lab.ts";

/** How rcm is to log in to a host of the lab; root unless said otherwise. */
export interface Login {
  readonly host: HostName;
  readonly user?: string;
  /** Variables of the host in the inventory. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

/** A folder with an inventory of hosts of the lab, in which the built command line runs. */
export class Site implements AsyncDisposable {
  readonly work: Workplace;
  readonly #inventory: string;

  /** Logins by the names that hosts have in the inventory. */
  static async make(logins: Readonly<Record<string, Login>>): Promise<Site> {
    const work = await Workplace.make();
    const { key } = theLab();
    const hosts = Object.entries(logins).map(([name, { host, user = "root", vars }]) => [
      name,
      {
        ansible_host: theLab().hosts[host].address,
        ansible_user: user,
        ansible_ssh_private_key_file: key,
        ...vars,
      },
    ]);
    const inventory = await work.write(
      "hosts.yaml",
      stringify({ all: { hosts: Object.fromEntries(hosts) as unknown } }),
    );
    return new Site(work, inventory);
  }

  private constructor(work: Workplace, inventory: string) {
    this.work = work;
    this.#inventory = inventory;
  }

  /** Starts `rcm apply` with a runbook of the folder `runbooks`. */
  start(runbook: string, ...more: readonly string[]): Running {
    return this.work.start(["apply", ...this.#arguments(runbook), ...more]);
  }

  async apply(runbook: string, ...more: readonly string[]): Promise<Run> {
    return new Run(await this.start(runbook, ...more).ended);
  }

  async plan(runbook: string, ...more: readonly string[]): Promise<Run> {
    return new Run(await this.work.rcm(["plan", ...this.#arguments(runbook), ...more]));
  }

  async resume(...more: readonly string[]): Promise<Run> {
    return new Run(await this.work.rcm(["resume", "--format", "ndjson", ...more]));
  }

  /** Writes a file that holds a password; gives the flag that names it. */
  async password(text: string): Promise<readonly string[]> {
    return ["--become-pass-file", await this.work.write("password", `${text}\n`)];
  }

  /** True while a run can be resumed. */
  get hasCheckpoint(): boolean {
    return this.#runs().some((folder) => existsSync(join(folder, "checkpoint")));
  }

  /** What the journals of all runs hold, as text. */
  get journals(): string {
    const folders = this.#runs().map((folder) => join(folder, "checkpoint"));
    const files = folders
      .filter(existsSync)
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    return files.map((file) => readFileSync(file, "utf8")).join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.work[Symbol.asyncDispose]();
  }

  #runs(): readonly string[] {
    const root = join(this.work.state, "runs");
    return existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [];
  }

  #arguments(runbook: string): readonly string[] {
    const file = fileURLToPath(new URL(`../runbooks/${runbook}.ts`, import.meta.url));
    return [file, "-i", this.#inventory, "--known-hosts", theLab().knownHosts, "--format", "ndjson"];
  }
}

interface StepFinished {
  readonly type: "step-finished";
  readonly host: string;
  readonly step: string;
  readonly result: Result;
  readonly restored: boolean;
}

/** What a run came to, read from its events. */
export class Run {
  readonly code: number | null;
  readonly #outcome: Outcome;

  constructor(outcome: Outcome) {
    this.code = outcome.code;
    this.#outcome = outcome;
  }

  /** The result of a step. */
  result(host: string, step: string): Result {
    const found = this.#finished.find((event) => event.host === host && event.step === step);
    if (!found) throw new Error(`${step} did not end on ${host}:\n${this.report}`);
    return found.result;
  }

  /** What each step that changes something on a host changes, a line for each property. */
  differences(host: string): Readonly<Record<string, readonly string[]>> {
    const own = this.#finished.filter((event) => event.host === host && event.result.changed);
    return Object.fromEntries(
      own.map(({ step, result }) => [
        step,
        result.changes.map(({ property, was, want, text }) =>
          text ? property : `${property}: ${was} → ${want}`,
        ),
      ]),
    );
  }

  /** Names of steps that this run itself ran and that changed something, as `host step`. */
  get changed(): readonly string[] {
    return this.#finished
      .filter(({ result, restored }) => result.status === "changed" && !restored)
      .map(({ host, step }) => `${host} ${step}`);
  }

  /** Everything, for the message of an assertion. */
  get report(): string {
    return `${this.#outcome.stdout}\n${this.#outcome.stderr}`;
  }

  get #finished(): readonly StepFinished[] {
    const events = this.#outcome.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as StepFinished);
    return events.filter(({ type }) => type === "step-finished");
  }
}
