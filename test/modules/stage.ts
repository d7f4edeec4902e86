import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { ModuleCall, Result } from "../../src/index.ts";
import { type RunStepOptions, runStep, sshHost, type TestHost } from "../../src/testing/index.ts";

/** A host for the tests of one file, and a fresh directory for each. */
export interface Stage {
  readonly host: TestHost;
  /** A new, empty directory on the host. */
  dir(): string;
  /** Runs a step in the directory. */
  run(dir: string, call: ModuleCall, options?: RunStepOptions): Promise<Result>;
}

/** Starts a host before the tests and stops it after them. */
export function stage(start: () => Promise<TestHost> = sshHost): Stage {
  let host: TestHost | undefined;
  beforeAll(async () => {
    host = await start();
  });
  afterAll(() => host?.stop());
  const up = (): TestHost => {
    if (!host) throw new Error("the host is not up yet");
    return host;
  };
  return {
    get host() {
      return up();
    },
    dir: () => {
      const dir = join(mkdtempSync(join(up().dir, "test-")), "dir");
      mkdirSync(dir);
      return dir;
    },
    run: (dir, call, options = {}) =>
      runStep(up(), call, { folder: dir, ...options, step: { cwd: dir, ...options.step } }),
  };
}
