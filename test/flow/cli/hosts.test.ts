import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../../src/testing/index.ts";
import { Workplace } from "../../support/rcm.ts";

const hosts: Record<string, TestHost> = {};
beforeAll(async () => {
  for (const name of ["h1", "h2", "h3"]) hosts[name] = await sshHost();
});
afterAll(async () => {
  for (const host of Object.values(hosts)) await host.stop();
});

const FLOW = `flow "three" {
  task "bash_run" "one" {
    command = "cd \${host.vars.dir}; echo one >>lines; pwd"
  }
  task "bash_run" "two" {
    command = "cd \${task.bash_run.one.stdout}; echo two >>lines; echo \${facts.os}"
  }
  task "bash_run" "gate" {
    command = "cd \${task.bash_run.one.stdout}; test -e open-\${host.name} && echo gate >>lines"
    _depends_on = [task.bash_run.two]
  }
  task "bash_run" "last" {
    command = "cd \${task.bash_run.one.stdout}; echo last \${task.bash_run.two.stdout} >>lines"
    _depends_on = [task.bash_run.gate]
  }
  task "bash_run" "slow" {
    command = "cd \${task.bash_run.one.stdout}; echo slow >>lines; until test -e quick; do sleep 0.1; done"
    _depends_on = [task.bash_run.last]
    _hosts = "h3"
  }
}
`;

const lines = async (name: string): Promise<string[]> =>
  (await readFile(join((hosts[name] as TestHost).dir, "lines"), "utf8")).trim().split("\n");

test("a flow on three hosts: one fails in the middle, rcm is killed, and resumed it does nothing twice", async () => {
  await using work = await Workplace.make();
  await work.inventory(hosts);
  await work.write("three.hcl", FLOW);
  const open = async (name: string, file: string): Promise<unknown> =>
    await (await import("node:fs/promises")).writeFile(join((hosts[name] as TestHost).dir, file), "");
  await open("h1", "open-h1");
  await open("h3", "open-h3");
  const run = work.start(["apply", "three.hcl", "-i", "hosts.yaml", "-v"]);
  await Promise.all([
    run.printed(/h3 \| task\.bash_run\.slow \| started/),
    run.printed(/h2 \| task\.bash_run\.gate \| failed/),
    run.printed(/h1 \| done/),
  ]);
  run.child.kill("SIGKILL");
  await run.ended;
  await open("h2", "open-h2");
  await open("h3", "quick");
  const resumed = await work.rcm(["resume"]);
  expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
  expect(await lines("h1")).toEqual(["one", "two", "gate", "last linux"]);
  expect(await lines("h2")).toEqual(["one", "two", "gate", "last linux"]);
  // The step that was under way may be run again, unless the host has noted that it ended.
  expect((await lines("h3")).slice(0, 4)).toEqual(["one", "two", "gate", "last linux"]);
  expect(new Set((await lines("h3")).slice(4))).toEqual(new Set(["slow"]));
  expect((await work.rcm(["resume"])).code).toBe(3);
}, 600_000);

test("a flow and its twin in TypeScript give the same steps, the same graph and the same report", {
  timeout: 600_000,
}, async () => {
  await using work = await Workplace.make();
  await work.inventory({ h1: hosts.h1 as TestHost });
  await work.write(
    "twin.hcl",
    `flow "twin" {
  variable "greeting" {
    default = "hello"
  }
  task "command" "first" {
    cmd = "echo \${var.greeting} \${host.name}"
  }
  task "command" "second" {
    cmd = "false"
    _depends_on = [task.command.first]
  }
  task "copy" "third" {
    dest = "\${host.vars.dir}/twin"
    content = "from \${task.command.first.stdout}"
  }
  task "command" "fourth" {
    cmd = "echo never"
    _depends_on = [task.command.second]
  }
}
`,
  );
  await work.write(
    "twin.ts",
    `import { runbook, z } from "rcm";
import { command, copy } from "rcm/modules";
export default runbook("twin", { params: z.object({ greeting: z.string().default("hello") }) }, ({ step, params, host }) => {
  const first = step("task.command.first", command({ cmd: \`echo \${params.greeting} \${host.name}\` }), { await: [] });
  const second = step("task.command.second", command({ cmd: "false" }), { await: [first] });
  step("task.copy.third", copy({
    dest: \`\${host.vars.dir}/twin\`,
    content: (ctx) => \`from \${ctx.stdout(first)?.trim()}\`,
  }), { await: [first] });
  step("task.command.fourth", command({ cmd: "echo never" }), { await: [second] });
});
`,
  );
  const graphs = [
    await work.rcm(["graph", "twin.hcl"]),
    await work.rcm(["graph", "twin.ts", "-i", "hosts.yaml"]),
  ];
  expect(graphs[0]?.stdout).toBe(graphs[1]?.stdout);
  for (const command of ["plan", "apply"]) {
    const shown: string[] = [];
    for (const file of ["twin.hcl", "twin.ts"]) {
      const { events } = await work.events([command, file, "-i", "hosts.yaml"]);
      shown.push(
        JSON.stringify(
          // Branches may end in any order.
          events
            .filter(({ type }) => type === "run-started" || type === "step-finished")
            .map(alike)
            .toSorted(),
        ),
      );
      if (command === "apply") await work.rcm(["forget", "--all", ...(await runIds(work))]);
    }
    // The file that the first one made is there for the second one.
    const [flow, twin] = shown.map((text) => text.replaceAll(String.raw`\"ok\"`, String.raw`\"changed\"`));
    expect(twin).toBe(flow);
  }
});

/** Without what differs between any two runs, and the place in the source. */
function alike(event: unknown): string {
  const differs = [
    "run",
    "where",
    "time",
    "startedAt",
    "endedAt",
    "roundTrips",
    "changed",
    "changes",
    "message",
    "t",
  ];
  return JSON.stringify(event, (key, value: unknown) => (differs.includes(key) ? undefined : value));
}

async function runIds(work: Workplace): Promise<string[]> {
  const { stdout } = await work.rcm(["runs", "--json"]);
  return (JSON.parse(stdout) as { readonly id: string }[]).map(({ id }) => id);
}
