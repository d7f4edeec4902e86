import { defineConfig } from "vitest/config";

/** The script and host tiers; `vitest.system.config.ts` has the system tier. */
export default defineConfig({
  test: {
    globalSetup: ["test/setup/global.ts"],
    include: ["test/**/*.test.ts"],
    exclude: ["test/system/**"],
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
