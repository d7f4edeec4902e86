import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Result, succeeded } from "../../src/module/result.ts";
import type { Running } from "../support/rcm.ts";
import type { HostName } from "./support/hosts.ts";
import { bootId, boots, leftovers, onHost, onLab } from "./support/lab.ts";
import { PODMAN } from "./support/podman.ts";
import { REPO_AND_WHEEL } from "./support/repo-and-wheel.ts";
import { Run, Site } from "./support/site.ts";

const SINK = "../../../examples/kitchen-sink";
const EFFECTS = [
  "elsewhere.mark",
  "software.mark",
  "texts.mark",
  "web.mark",
  "marked",
  "smoke.mark",
  "closed",
];
const ELSEWHERE = ["elsewhere.git", "elsewhere.pip", "elsewhere.container"];
const SKIPPED = [...ELSEWHERE, "elsewhere.brew"];
/** What a host needs for git, pip and docker_container: what they fetch is on it, and podman starts containers at boot. */
const ARRANGE = `set -e
${REPO_AND_WHEEL}
printf '[install]\\nno-index = true\\nfind-links = /srv/wheels\\n' >/etc/pip.conf
${PODMAN}
systemctl -q enable podman-restart`;
const SOURCES = ["-e", "repo=/srv/git", "-e", "wheel=rcm_demo", "-e", "image=localhost/box:1"];
const FINISHED = /"type":"step-finished".*"restored":false/;

let server: Server;
beforeAll(async () => {
  server = createServer((_request, response) => void response.end("a page\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

/** What the lab has; what is downloaded is here, and the host has neither curl nor wget. */
function flags(site: Site): readonly string[] {
  const { port } = server.address() as AddressInfo;
  const params = {
    apt: "rcm-demo",
    tool: "rcm-conf",
    url: `http://127.0.0.1:${port}/`,
    keep: site.work.path("keep"),
  };
  return ["-b", ...Object.entries(params).flatMap(([name, value]) => ["-e", `${name}=${value}`])];
}

onLab("the kitchen sink", () => {
  test.concurrent("gets through a reboot; again it changes what by nature must, and no more", async () => {
    await using site = await Site.make({ h: { host: "kitchen", user: "admin" } });
    const before = { boots: boots("kitchen"), id: await bootId("kitchen") };
    await onHost("kitchen", ARRANGE);

    const first = await site.apply(SINK, ...flags(site), ...SOURCES);

    expect(first.code, first.report).toBe(0);
    expect(boots("kitchen")).toBe(before.boots + 1);
    expect(await bootId("kitchen")).not.toBe(before.id);
    expect(first.changed).toContain("h reboot");
    expect(first.result("h", "mishap")).toMatchObject({ status: "failed", ignored: true });
    expect(first.changed).toEqual(expect.arrayContaining(ELSEWHERE.map((step) => `h ${step}`)));
    expect(first.result("h", "elsewhere.brew").status).toBe("skipped");
    expect(await onHost("kitchen", "cat /srv/kitchen/clone/a; podman ps --format '{{ .Names }}'")).toBe(
      "1\nkitchen",
    );
    expect(readFileSync(site.work.path("keep/h-report.log"), "utf8")).toBe(
      "on kitchen: chef hello, admin\nthe token is [REDACTED]\n",
    );
    expect(readFileSync(site.work.path("keep/pages/h/srv/kitchen/index.html"), "utf8")).toContain("roast");
    expect(await marks("kitchen")).toEqual(EFFECTS.map(lineOf).toSorted());
    expect(site.hasCheckpoint).toBe(false);

    const second = await site.apply(SINK, ...flags(site), ...SOURCES);

    expect(second.code, second.report).toBe(0);
    expect(second.changed.toSorted()).toEqual(EFFECTS.map((step) => `h ${step}`).toSorted());
    expect(second.result("h", "reboot").status).toBe("skipped");
    expect(boots("kitchen")).toBe(before.boots + 1);
    expect(await leftovers("kitchen")).toEqual([]);
  });

  test.concurrent("killed after each step, and resumed each time, it has done each step once", async () => {
    await using site = await Site.make({ h: { host: "kitchen-killed", user: "admin" } });
    const before = boots("kitchen-killed");

    const killed: string[] = [];
    let running = site.start(SINK, ...flags(site));
    while (await finishesStep(running)) {
      running.child.kill("SIGKILL");
      const { stdout } = await running.ended;
      killed.push(
        ...stdout
          .split("\n")
          .filter((line) => FINISHED.test(line))
          .slice(0, 1),
      );
      running = site.work.start(["resume", "--format", "ndjson"]);
    }
    const run = new Run(await running.ended);

    expect(run.code, run.report).toBe(0);
    // Steps that travel together end together; so not each one can be the last that was seen.
    expect(killed.length).toBeGreaterThan(15);
    const { finished, reboots } = await journal(site);
    expect(twice(finished), run.report).toEqual([]);
    expect(finished).toEqual(
      expect.arrayContaining([...EFFECTS, ...SKIPPED, "people.chef", "done", "mishap"]),
    );
    expect(reboots).toBe(1);
    expect(boots("kitchen-killed")).toBe(before + 1);
    expect(await marks("kitchen-killed")).toEqual(EFFECTS.map(lineOf).toSorted());
    expect(site.hasCheckpoint).toBe(false);
    expect(await leftovers("kitchen-killed")).toEqual([]);
  }, 1_200_000);
});

/** False when rcm ended before it finished a step that was not finished before. */
async function finishesStep({ printed }: Running): Promise<boolean> {
  return await printed(FINISHED).then(
    () => true,
    () => false,
  );
}

/** What the step adds to the marks. */
function lineOf(step: string): string {
  return step.replace(".mark", "");
}

async function marks(host: HostName): Promise<readonly string[]> {
  return (await onHost(host, "cat /srv/kitchen/marks")).split("\n").toSorted();
}

/** Steps that are there more than once. */
function twice(steps: readonly string[]): readonly string[] {
  return steps.filter((step, i) => steps.indexOf(step) !== i);
}

interface Entry {
  readonly type: string;
  readonly step: string;
  readonly result?: Result;
}

/** What the one run wrote down, from its begin to its end: the steps that went well, and how often it rebooted. */
async function journal(
  site: Site,
): Promise<{ readonly finished: readonly string[]; readonly reboots: number }> {
  const runs = join(site.work.state, "runs");
  const [run = ""] = readdirSync(runs);
  const text = readFileSync(join(runs, run, "history", "h.jsonl"), "utf8");
  const entries = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line.slice(9)) as Entry);
  return {
    finished: entries.filter(({ result }) => result && succeeded(result)).map(({ step }) => step),
    reboots: entries.filter(({ type }) => type === "rebooting").length,
  };
}
