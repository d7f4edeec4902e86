import { defineConfig } from "vitest/config";

/** The script and host tiers; `vitest.system.config.ts` has the system tier. */
export default defineConfig({
  test: {
    globalSetup: ["test/setup/global.ts"],
    include: ["test/**/*.test.ts"],
    exclude: ["test/system/**"],
    pool: "forks",
    // Its tests mostly wait for processes; by itself vitest would leave one core of two idle.
    maxWorkers: 2,
    // A busy machine is several times slower; nothing here measures time.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
