import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestHost } from "../../src/testing/index.ts";

export const BIN = fileURLToPath(new URL("../../bin/rcm.js", import.meta.url));

/** What a finished rcm came to. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running rcm. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Waits until standard output holds the text. */
  printed(text: string | RegExp): Promise<void>;
}

/** A folder with runbooks, an inventory and rcm's state; the real command line runs in it. */
export class Workplace implements AsyncDisposable {
  readonly dir: string;
  readonly state: string;
  readonly #children: ChildProcess[] = [];

  static async make(): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), "rcm-test-")));
  }

  private constructor(dir: string) {
    this.dir = dir;
    this.state = join(dir, "state");
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  async write(name: string, text: string): Promise<string> {
    await writeFile(this.path(name), text);
    return this.path(name);
  }

  async read(name: string): Promise<string> {
    return await readFile(this.path(name), "utf8");
  }

  /** An inventory of these hosts, by the names given; `extra` are further lines for all of them. */
  async inventory(
    hosts: Readonly<Record<string, TestHost>>,
    extra: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const lines = Object.entries(hosts).map(
      ([name, host]) => `    ${name}: ${JSON.stringify({ ...settings(host), ...extra })}\n`,
    );
    return await this.write("hosts.yaml", `all:\n  hosts:\n${lines.join("")}`);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: this.dir,
      env: { ...process.env, SSH_AUTH_SOCK: "", NO_COLOR: "1", RCM_STATE_DIR: this.state, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.push(child);
    return watch(child);
  }

  /** The same on a terminal of 200 columns and 50 rows; what it shows is standard output. */
  onTerminal(args: readonly string[]): Running {
    const words = [process.execPath, BIN, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const child = spawn("script", ["-qec", `stty cols 200 rows 50; exec ${words.join(" ")}`, "/dev/null"], {
      cwd: this.dir,
      env: { ...process.env, CI: undefined, SSH_AUTH_SOCK: "", TERM: "xterm", RCM_STATE_DIR: this.state },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.push(child);
    return watch(child);
  }

  async rcm(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return await this.start(args, env).ended;
  }

  /** The events of an ndjson run. */
  async events(
    args: readonly string[],
  ): Promise<{ readonly events: readonly Record<string, never>[]; readonly outcome: Outcome }> {
    const outcome = await this.rcm([...args, "--format", "ndjson"]);
    const events = outcome.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, never>);
    return { events, outcome };
  }

  /** A test that failed may have left programs behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await rm(this.dir, { recursive: true, force: true });
  }
}

function settings(host: TestHost): Record<string, unknown> {
  return {
    ansible_host: host.address,
    ansible_port: host.port,
    ansible_user: host.user,
    ansible_ssh_private_key_file: host.privateKey,
    dir: host.dir,
    rcm: { known_hosts: host.knownHosts },
  };
}

/** Follows a program that was started. */
export function watch(child: ChildProcess): Running {
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const check of waiting) check();
  };
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    tell();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  let over = false;
  const ended = new Promise<Outcome>((resolve) => {
    child.on("close", (code, signal) => {
      over = true;
      tell();
      resolve({ code, signal, stdout, stderr });
    });
  });
  const printed = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = typeof text === "string" ? stdout.includes(text) : text.test(stdout);
        if (!found && !over) return;
        waiting.delete(check);
        if (found) resolve();
        else reject(new Error(`rcm ended before it printed ${text}:\n${stdout}\n${stderr}`));
      };
      waiting.add(check);
      check();
    });
  return { child, ended, printed };
}

/** Waits until something holds, looking again every 20 ms, and fails after a while. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: string,
  patience = 60_000,
): Promise<void> {
  const until = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`it did not happen within ${patience} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
