import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

const BOOK = `import { runbook, z } from "rcm";
import { command, copy } from "rcm/modules";
export default runbook("site *one*", { params: z.object({ version: z.string() }) }, ({ step, host, params }) => {
  const cwd = String(host.vars.dir);
  step("talk", command({ cmd: "printf 'one\\\\033[31m\\\\n\`\`\`two'; sleep 0.3; echo err >&2; echo three" }));
  step("conf", copy({ dest: cwd + "/conf", content: "version=" + params.version + "\\n" }));
  step("never", command({ cmd: "true" }), { when: () => false });
  step("breaks_<b>", command({ cmd: "[ -e mended ] || exit 3" }), { cwd, retry: { max: 2, delay: 1 } });
  step("after", command({ cmd: "true" }));
});`;

let host: TestHost;
let work: Workplace;
let id: string;
let shown: { readonly md: string; readonly cast: string };
beforeAll(async () => {
  host = await sshHost();
  work = await Workplace.make();
  await work.inventory({ web1: host });
  await work.write("site.ts", BOOK);
  const failed = await work.rcm(["apply", "site.ts", "-i", "hosts.yaml", "-e", "version=a|b"]);
  expect([failed.code, failed.stderr]).toEqual([2, ""]);
  id = /rcm resume (\S+)/.exec(failed.stdout)?.[1] ?? "";
  const md = await work.rcm(["show", id, "--format", "md"]);
  const cast = await work.rcm(["show", id, "--format", "cast"]);
  shown = { md: md.stdout, cast: cast.stdout };
});
afterAll(async () => {
  await host.stop();
  await work[Symbol.asyncDispose]();
});

test("Markdown has headings, a checklist with every step of the plan, the errors and the variables", () => {
  expect(shown.md.split("\n## Host")[0]).toMatch(
    new RegExp(
      [
        String.raw`^# Runbook: site \\\*one\\\*`,
        "",
        String.raw`- \*\*Status:\*\* ✗ failed`,
        `- \\*\\*Run:\\*\\* \`${id}\``,
        String.raw`- \*\*Hosts:\*\* web1`,
        String.raw`- \*\*Started:\*\* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`,
        String.raw`- \*\*Ended:\*\* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`,
        String.raw`- \*\*Duration:\*\* .* m?s`,
        "",
        "## Summary",
        "",
        String.raw`- \[x\] talk \(changed\)`,
        String.raw`- \[x\] conf \(changed\)`,
        String.raw`- \[x\] never \(skipped\)`,
        String.raw`- \[ \] \*\*ERROR\*\* breaks\\_\\<b\\>`,
        String.raw`- \[ \] after \(not run\)`,
        "",
        "### Errors",
        "",
        String.raw`- \*\*web1, breaks\\_\\<b\\>:\*\* exit status 3`,
        "",
        "## Variables",
        "",
        String.raw`\| name \| value \|`,
        String.raw`\| ---- \| ----- \|`,
        String.raw`\| version \| ${"`"}a\\\|b${"`"} \|`,
        "$",
      ].join("\n"),
    ),
  );
});

test("Markdown has a section for each step, with what it printed in a fence that nothing in it ends", () => {
  const [, talk = "", conf = "", never = "", breaks = "", after = ""] = shown.md.split("\n### Step: ");
  expect(talk).toContain("talk (1/5) ✓\n\n- **Status:** changed\n- **Module:** command\n- **Duration:** ");
  expect(talk).toContain("**Output**\n\n````text\none\\x1b[31m\n```two");
  expect(talk.trimEnd()).toMatch(/\n````$/);
  expect(talk).toMatch(/err\n/); // on whichever line it arrived
  expect(conf).toContain("```diff");
  expect(conf).toContain("\n+version=a|b\n");
  expect(never).toMatch(
    /^never \(3\/5\) ⊘\n\n- \*\*Status:\*\* skipped\n- \*\*Module:\*\* command\n- \*\*Message:\*\*/,
  );
  expect(breaks).toContain("- **Exit code:** 3\n- **Attempts:** 2\n");
  expect(after).toBe("after (5/5) ⊘\n\n- **Status:** not run\n- **Module:** command\n");
});

test("a cast is one of version 3: a head, then intervals, codes and texts", async () => {
  const [head, ...events] = shown.cast
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(head).toEqual({
    version: 3,
    term: { cols: 120, rows: 40, type: "xterm-256color" },
    timestamp: expect.any(Number),
    idle_time_limit: 2,
    title: "site *one*",
  });
  const { startedAt, endedAt } = JSON.parse((await work.rcm(["show", id, "--json"])).stdout);
  expect(head.timestamp).toBe(Math.floor(Date.parse(startedAt) / 1000));
  for (const [interval, code, text] of events) {
    expect(interval).toBeGreaterThanOrEqual(0);
    expect(["o", "m", "x"]).toContain(code);
    expect(text).toEqual(expect.any(String));
  }
  // Intervals, not times: together they are as long as the run, and the pause in "talk" is one of them.
  const length = events.reduce((sum, [interval]) => sum + interval, 0);
  expect(length).toBeCloseTo((Date.parse(endedAt) - Date.parse(startedAt)) / 1000, 2);
  expect(Math.max(...events.map(([interval]) => interval))).toBeGreaterThanOrEqual(0.25);
  const markers = events.filter(([, code]) => code === "m").map(([, , text]) => text);
  expect(markers).toEqual([
    "step:talk",
    "step:talk:ok",
    "step:conf",
    "step:conf:ok",
    "step:never",
    "step:never:skipped",
    "step:breaks_<b>",
    "step:breaks_<b>:error",
  ]);
  expect(events.at(-1)?.slice(1)).toEqual(["x", "1"]);
  const text = events.map(([, code, said]) => (code === "o" ? said : "")).join("");
  expect(text).toContain("one\\x1b[31m\r\n");
  expect(text.split("\r\n").every((line: string) => !line.includes("\n"))).toBe(true);
});

test("runs are filtered by status, runbook, host and whether they can be resumed, and counted", async () => {
  await work.write(
    "fine.ts",
    'import { runbook } from "rcm";\nexport default runbook("fine", {}, () => {});',
  );
  expect((await work.rcm(["apply", "fine.ts", "-i", "hosts.yaml"])).code).toBe(0);
  const list = async (...flags: readonly string[]): Promise<readonly string[]> =>
    JSON.parse((await work.rcm(["runs", "--json", ...flags])).stdout).map(
      (run: { runbook: string }) => run.runbook,
    );
  expect(await list()).toEqual(["fine", "site *one*"]);
  expect(await list("--status", "failed")).toEqual(["site *one*"]);
  expect(await list("--status", "completed", "--host", "web1")).toEqual(["fine"]);
  expect(await list("--host", "web2")).toEqual([]);
  expect(await list("--runbook", "fine", "--status", "failed")).toEqual([]);
  const resumable = (await work.rcm(["runs", "--resumable"])).stdout;
  expect(resumable).toMatch(
    /STOPPED AT\n\S+ +\S+ \S+ +failed, resumable +1 +site \*one\* +web1: breaks_<b> failed\n$/,
  );
  const stats = (await work.rcm(["runs", "--stats"])).stdout;
  expect(stats).toMatch(
    /^RUNBOOK +RUNS +COMPLETED +FAILED +HALTED +DIED +MEDIAN +LAST\nfine +1 +1 +0 +0 +0 +\d+\.\d s .*\nsite \*one\* +1 +0 +1 +0 +0 /,
  );
  expect((await work.rcm(["runs", "--status", "fine"])).code).toBe(1);
});

test("a checkpoint is deleted, twice if need be; what the run did is kept until it is removed", async () => {
  const once = await work.rcm(["forget", id]);
  expect([once.code, once.stdout]).toEqual([0, `${id} cannot be resumed any more; what it did is kept\n`]);
  const twice = await work.rcm(["forget", id]);
  expect([twice.code, twice.stdout]).toEqual([0, `${id} has no checkpoint\n`]);
  expect((await work.rcm(["resume", id])).stderr).toContain("there is nothing to resume");
  expect((await work.rcm(["show", id])).stdout).toMatch(/breaks_<b> +failed/);
  expect(JSON.parse((await work.rcm(["runs", "--json", "--status", "failed"])).stdout)).toMatchObject([
    { id, resumable: false },
  ]);
  expect((await work.rcm(["forget", id, "--all"])).code).toBe(0);
  expect(existsSync(join(work.state, "runs", id))).toBe(false);
  expect((await work.rcm(["forget", id])).code).toBe(3);
});
