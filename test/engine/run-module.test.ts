import { expect, test } from "vitest";
import { apply, defineModule, type Event, runbook, sh, z } from "../../src/index.ts";

const pwd = defineModule({
  name: "pwd",
  category: "Utility",
  summary: "Says where its script runs.",
  options: z.strictObject({}),
  describe: () => "look where it is",
  changes: false,
  run: async (_options, host) => {
    const { exitCode, stdout, stderr } = await host.exec(sh`pwd`);
    return { changed: false, message: `${exitCode}`, output: { stdout, stderr } };
  },
});

test("a script of a run module runs in the step's folder, and not at all where there is none", async () => {
  const results: unknown[] = [];
  const book = runbook("where", {}, ({ step }) => {
    step("there", pwd({}), { cwd: "/usr" });
    step("nowhere", pwd({}), { cwd: "/no/such" });
  });
  const onEvent = (event: Event): void => {
    if (event.type === "step-finished") results.push([event.result.message, event.result.output]);
  };
  await apply(book, { keep: false, onEvent }).result;
  expect(results).toEqual([
    ["0", { stdout: "/usr\n", stderr: "" }],
    [expect.not.stringMatching(/^0$/), { stdout: "", stderr: expect.stringContaining("/no/such") }],
  ]);
});
