import { defineConfig } from "vitest/config";

/** The system tier: hosts that really boot, made by `test/lab`. It needs root on a Debian-like machine. */
export default defineConfig({
  test: {
    include: ["test/system/**/*.test.ts"],
    globalSetup: ["test/system/setup.ts"],
    pool: "forks",
    // Its tests mostly wait, and every file has hosts of its own.
    maxWorkers: 4,
    maxConcurrency: 8,
    // A busy machine is several times slower; nothing here measures time.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
