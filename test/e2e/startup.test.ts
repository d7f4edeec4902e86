import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { Workplace } from "../support/rcm.ts";

/** Everything that a command line loads, ES modules and CommonJS. */
async function loaded(args: readonly string[]): Promise<string> {
  await using work = await Workplace.make();
  const hooks = await work.write(
    "hooks.mjs",
    `import { writeSync } from "node:fs";
export async function load(url, context, next) { writeSync(2, "loaded " + url + "\\n"); return next(url, context); }`,
  );
  const preload = await work.write(
    "preload.mjs",
    `import { register } from "node:module"; register(${JSON.stringify(`file://${hooks}`)});`,
  );
  const bin = new URL("../../bin/rcm.js", import.meta.url).pathname;
  const { stderr, status } = spawnSync(process.execPath, ["--import", preload, bin, ...args], {
    cwd: work.dir,
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return stderr;
}

test("--version and --help load no ssh2, no jiti, no listr2 and no zod", async () => {
  const version = await loaded(["--version"]);
  expect(version).toMatch(/loaded .*commander/);
  expect(version + (await loaded(["apply", "--help"]))).not.toMatch(
    /node_modules\/(ssh2|jiti|listr2|zod|execa|yaml)\//,
  );
});

test("a command on this machine loads no ssh2, no jiti and no listr2", async () => {
  const exec = await loaded(["exec", "localhost", "--", "true"]);
  expect(exec).toMatch(/node_modules\/execa\//);
  expect(exec).not.toMatch(/node_modules\/(ssh2|jiti|listr2)\//);
});
