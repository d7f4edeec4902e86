import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { twinFrom } from "../../src/embed/flow-twin.ts";
import { preparePlan } from "../../src/embed/prepare.ts";
import { requestOf } from "../../src/embed/request.ts";
import { inventorySources } from "../../src/embed/sources.ts";
import { type PlannedStep, stepsOf } from "../../src/plan/plan.ts";
import { FLOWS, REFUSED } from "./support/convert-flows.ts";
import { FlowPlace } from "./support/flow-place.ts";

// A flow and the runbook that `rcm convert` writes of it.

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
let dir: string;
let inventory: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "rcm-twins-"));
  const hosts = "web:\n  hosts:\n    web1: { port: 80, dir: /srv }\n    web2:\ndb:\n  hosts:\n    db1:\n";
  inventory = join(dir, "hosts.yaml");
  writeFileSync(inventory, hosts);
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
  for (const { files = {} } of FLOWS)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Writes a flow and its twin; gives their paths. */
async function twins(name: string, flow: string): Promise<readonly [flow: string, twin: string]> {
  const paths = [join(dir, `${name}.hcl`), join(dir, `${name}.ts`)] as const;
  writeFileSync(paths[0], flow);
  writeFileSync(paths[1], await twinFrom({ file: paths[0] }, dir));
  return paths;
}

/** The frozen steps of each host, as far as they can be compared: functions are only there or not. */
async function steps(file: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const sources = inventorySources([inventory]);
  const request = requestOf(file, sources, { params });
  const { plan } = await preparePlan({ runbook: file, sources, request, connection: {} });
  return plan.hosts.map((host) => [host.host.name, stepsOf(host).map(comparable)]);
}

function comparable({
  id,
  call,
  needs,
  retry,
  timeout,
  deadline,
  become,
  secrets,
  when,
}: PlannedStep): unknown {
  const own = {
    id,
    module: call.definition.name,
    needs: needs.toSorted(),
    retry,
    timeout,
    deadline,
    become,
    secrets,
  };
  const plain = JSON.stringify({ ...own, when, options: call.options }, (_, value) =>
    typeof value === "function" ? "(a function)" : value,
  );
  return JSON.parse(plain) as unknown;
}

describe("the twin of a flow", () => {
  test.each(FLOWS)("makes the same frozen steps: $name", async ({ name, flow, params }) => {
    const [own, twin] = await twins(name, flow);
    const wanted = await steps(own, params);
    expect(await steps(twin, params)).toEqual(wanted);
    expect(JSON.stringify(wanted)).toContain("task.");
  });

  test("passes TypeScript's checks, as strict as they can be", async () => {
    for (const { name, flow } of FLOWS) await twins(name, flow);
    const types = (entry: string): string[] => [join(ROOT, "dist", `${entry}.d.ts`)];
    writeFileSync(
      join(dir, "tsconfig.json"),
      JSON.stringify({
        extends: join(ROOT, "tsconfig.json"),
        compilerOptions: {
          typeRoots: [join(ROOT, "node_modules/@types")],
          paths: {
            rcm: types("src/index"),
            "rcm/modules": types("modules/index"),
            "rcm/flow": types("src/flow/typescript/index"),
          },
        },
        include: ["*.ts"],
      }),
    );
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const complaints = runTsc([tsc, "-p", dir]);
    expect(complaints).toBe("");
  });

  test.each(REFUSED)("is refused, with the place: $why", async ({ flow, why, at }) => {
    const file = join(dir, "refused.hcl");
    writeFileSync(file, flow);
    const error: unknown = await twinFrom({ file }, dir).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringContaining(why),
      where: { file, line: at[0], column: at[1] },
    });
  });
});

test("docs/flows.md shows what is written of its first flow", async () => {
  const text = readFileSync(join(ROOT, "docs/flows.md"), "utf8");
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(text)?.[1] ?? "";
  const [, twin] = await twins("hello", block("hcl"));
  // The formatter lays out what stands in documents.
  const words = (code: string): string => code.replaceAll(/,(?=\s*[)\]}])|\s/g, "");
  expect(words(readFileSync(twin, "utf8"))).toBe(words(block("ts")));
});

function runTsc(args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, args, { encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test("rcm convert writes it; it runs as the flow does, with the same log, graph and report", async () => {
  await using place = await FlowPlace.make();
  await place.work.write(
    "flow.hcl",
    `flow "same" {
  variable "greeter" {
    default = "world"
  }
  task "bash_run" "echo" {
    command = "echo 'hello \${var.greeter}'"
  }
  task "file_write" "copy" {
    filename = "${place.work.path("copy")}"
    content  = upper(task.bash_run.echo.stdout)
  }
  task "bash_run" "fails" {
    command     = "echo no >&2; exit 3"
    _depends_on = [task.file_write.copy]
  }
  task "bash_run" "blocked" {
    command     = "true"
    _depends_on = [task.bash_run.fails]
  }
  output "said" {
    value = "\${task.bash_run.echo.stdout}!"
  }
}
`,
  );
  const made = await place.run(["convert", "flow.hcl", "--to", "ts", "-o", "twin.ts"]);
  expect([made.code, made.stdout, made.stderr]).toEqual([0, "", ""]);
  const again = await place.run(["convert", "flow.hcl", "-o", "twin.ts"]);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("it is there already")]);
  expect((await place.run(["convert", "flow.hcl"])).stdout).toBe(await place.work.read("twin.ts"));
  expect((await place.run(["convert", "-"], { input: await place.work.read("flow.hcl") })).stdout).toContain(
    'export default runbook("same"',
  );
  const outcomes = [];
  for (const file of ["flow.hcl", "twin.ts"]) {
    const graph = (await place.run(["graph", file])).stdout;
    const { code, stdout, log } = await place.run(["apply", file, "--format", "log", "--var", "greeter=you"]);
    expect(await place.work.read("copy")).toBe("HELLO YOU");
    const [id = ""] = log.join("\n").match(/\d{8}-\d{6}-[0-9a-f]{4}/) ?? [];
    const shown = (await place.run(["show", id, "--format", "md"])).stdout;
    const report = shown
      .replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, "RUN")
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "TIME")
      .replaceAll(/\*\*Duration:\*\* .*/g, "**Duration:**");
    outcomes.push({
      graph,
      code,
      stdout,
      log: log.toSorted().map((line) => line.replaceAll(id, "RUN")),
      report,
    });
    await place.work.write("copy", "");
  }
  expect(outcomes[1]).toEqual({
    ...outcomes[0],
    log: outcomes[0]?.log.map((line) => line.replaceAll("flow.hcl", "twin.ts")),
  });
  expect(outcomes[0]).toMatchObject({ code: 2, report: expect.stringContaining("# Runbook: same") });
});
