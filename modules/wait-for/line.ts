import type { RunHost, sh } from "../../src/index.ts";

/** What a test prints; undefined where it fails. */
export async function lineOf(host: RunHost, script: ReturnType<typeof sh>): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await host.exec(script);
  if (exitCode > 1) throw new Error(`cannot look for it: ${stderr.trim()}`);
  return exitCode === 0 ? stdout.replace(/\n$/, "") : undefined;
}
