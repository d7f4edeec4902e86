import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Outcome, Workplace, watch } from "../../support/rcm.ts";

const BIN = fileURLToPath(new URL("../../../bin/rcm.js", import.meta.url));

/** What a run of a flow came to. */
export interface FlowRun extends Outcome {
  /** The lines of the log, without their times. */
  readonly log: readonly string[];
}

/** A folder with flows, in which the real command line runs them on this machine. */
export class FlowPlace implements AsyncDisposable {
  readonly work: Workplace;

  static async make(): Promise<FlowPlace> {
    return new FlowPlace(await Workplace.make());
  }

  private constructor(work: Workplace) {
    this.work = work;
  }

  /** Applies a flow of this text. */
  async apply(
    flow: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<FlowRun> {
    await this.work.write("flow.hcl", flow);
    return await this.run(["apply", "flow.hcl", "--format", "log", ...args], { env });
  }

  /** The body of a flow, which has `task "bash_run" "out" { command = … }` or the like in it. */
  async tasks(body: string, args: readonly string[] = []): Promise<FlowRun> {
    return await this.apply(`flow "x" {\n${body}\n}\n`, args);
  }

  /** What an expression comes to, as JSON tells it. */
  async value(expression: string, more = ""): Promise<unknown> {
    const done = await this.tasks(`output "it" {\nvalue = ${expression}\n}\n${more}`);
    const line = done.log.find((one) => one.startsWith("it = "));
    if (line === undefined) throw new Error(done.stderr);
    return JSON.parse(line.slice(5)) as unknown;
  }

  /** Runs rcm; while other tests' runs hold the lock of this machine, it tries again. */
  async run(
    args: readonly string[],
    {
      input = "",
      env = {},
    }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<FlowRun> {
    for (;;) {
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: this.work.dir,
        env: { ...process.env, NO_COLOR: "1", RCM_STATE_DIR: this.work.state, ...env },
        stdio: ["pipe", "pipe", "pipe"],
      });
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
      const outcome = await watch(child).ended;
      if (outcome.code !== 7) return { ...outcome, log: logOf(outcome.stderr) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.work[Symbol.asyncDispose]();
  }
}

function logOf(stderr: string): readonly string[] {
  return stderr
    .split("\n")
    .filter((line) => !line.includes("no inventory was given") && line !== "")
    .map((line) => line.replace(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] /, ""));
}
