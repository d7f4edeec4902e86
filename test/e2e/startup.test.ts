import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sshHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

interface Coverage {
  readonly result: ReadonlyArray<{
    readonly url: string;
    readonly functions: ReadonlyArray<{
      readonly functionName: string;
      readonly ranges: ReadonlyArray<{ readonly count: number }>;
    }>;
  }>;
}

/** The source files in the bundles that a command line has run; none when no bundle was even loaded. */
async function run(work: Workplace, args: readonly string[]): Promise<readonly string[]> {
  const folder = join(work.dir, "coverage");
  const { code } = await work.rcm(args, { NODE_V8_COVERAGE: folder });
  expect(code).toBe(0);
  const [file] = await readdir(folder);
  const { result } = JSON.parse(await readFile(join(folder, file as string), "utf8")) as Coverage;
  return result
    .filter(({ url }) => /\/dist\/(?:rcm|rare|flow)\.cjs$/.test(url))
    .flatMap(({ functions }) => functions)
    .filter(({ ranges, functionName }) => functionName.includes("/") && (ranges[0]?.count ?? 0) > 0)
    .map(({ functionName }) => functionName);
}

const HEAVY = /node_modules\/(ssh2|listr2|zod|execa|yaml)\//;

test("--version loads nothing, and --help no more than the words it prints", async () => {
  await using version = await Workplace.make();
  expect(await run(version, ["--version"])).toEqual([]);
  await using help = await Workplace.make();
  const files = await run(help, ["apply", "--help"]);
  expect(files).toContain("node_modules/commander/lib/command.js");
  expect(files.filter((file) => HEAVY.test(file))).toEqual([]);
});

test("completion loads nothing but its own small file until names from the disk are wanted", async () => {
  await using words = await Workplace.make();
  expect(await run(words, ["__complete", "run", "all", "file", "state="])).toEqual([]);
  await using script = await Workplace.make();
  expect(await run(script, ["completion", "zsh"])).toEqual([]);
  await using hosts = await Workplace.make();
  await hosts.write("hosts.yaml", "all: { hosts: { a: } }\n");
  const files = await run(hosts, ["__complete", "exec", "-i", "hosts.yaml", ""]);
  expect(files).toContain("src/inventory/load.ts");
  expect(files.filter((file) => /node_modules\/(ssh2|listr2|execa|commander)\//.test(file))).toEqual([]);
});

test("a command on this machine loads no ssh2 and no listr2", async () => {
  await using work = await Workplace.make();
  const files = await run(work, ["exec", "localhost", "--", "true"]);
  expect(files).toContain("node_modules/execa/index.js");
  expect(files.filter((file) => /node_modules\/(ssh2|listr2)\//.test(file))).toEqual([]);
});

test("a run over SSH makes only the modules that it uses, and loads no HTTP", async () => {
  await using host = await sshHost();
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "site.ts",
    `import { runbook } from "rcm";
import { command, debug } from "rcm/modules";
export default runbook("x", {}, ({ step }) => {
  step("a", command({ cmd: "true" }));
  step("b", debug({ message: "b" }));
});`,
  );
  const files = await run(work, ["apply", "site.ts", "-i", "hosts.yaml"]);
  expect(files).toContain("node_modules/ssh2/lib/client.js");
  expect(files.filter((file) => file.startsWith("modules/"))).toEqual([
    "modules/command.ts",
    "modules/debug.ts",
  ]);
  expect(
    files.filter((file) => /ssh2\/lib\/(?:server|keygen|http-agents)\.js|execa|testing/.test(file)),
  ).toEqual([]);
  await work.write("parts.cjs", PARTS);
  const { code, stderr } = await work.rcm(["apply", "site.ts", "-i", "hosts.yaml"], {
    NODE_OPTIONS: `--require ${work.path("parts.cjs")}`,
  });
  expect([code, stderr]).toEqual([0, ""]);
  const parts = JSON.parse(await work.read("parts.json")) as string[];
  expect(parts).toContain("NativeModule net");
  const heavy = ["http", "https", "_http_agent", "tls", "readline"];
  expect(heavy.filter((name) => parts.includes(`NativeModule ${name}`))).toEqual([]);
});

/** Writes down which of Node's parts a process has loaded. */
const PARTS = `
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
process.on("exit", () => writeFileSync(join(__dirname, "parts.json"), JSON.stringify(process.moduleLoadList)));
`;

test("a runbook in TypeScript reads neither what flows need nor other languages, which are there all the same", async () => {
  await using work = await Workplace.make();
  await work.write("site.ts", 'import { runbook } from "rcm";\nexport default runbook("x", {}, () => {});\n');
  await work.write(
    "german.ts",
    'import { runbook, z } from "rcm";\nz.config(z.locales.de());\nexport default runbook("x", { params: z.object({ a: z.number() }) }, () => {});\n',
  );
  const folder = join(work.dir, "coverage");
  expect((await work.rcm(["validate", "site.ts"], { NODE_V8_COVERAGE: folder })).code).toBe(0);
  const [file] = await readdir(folder);
  const { result } = JSON.parse(await readFile(join(folder, file as string), "utf8")) as Coverage;
  const bundles = result.flatMap(({ url }) => /dist\/([a-z]+)\.cjs$/.exec(url)?.[1] ?? []);
  expect(bundles).toContain("rcm");
  expect(bundles).not.toContain("flow");
  expect(bundles).not.toContain("locales");
  const { stderr } = await work.rcm(["validate", "german.ts", "--var", "a=x"]);
  expect(stderr).toContain("Ungültige Eingabe");
});

test("what V8 made of the bundle is kept in a private folder and taken again, and rubbish there does no harm", async () => {
  await using work = await Workplace.make();
  const folder = join(work.dir, "cache", "rcm", "code");
  const env = { XDG_CACHE_HOME: join(work.dir, "cache") };
  const help = async (): Promise<string> => (await work.rcm(["modules"], env)).stdout;
  await work.rcm(["modules", "none"], env);
  expect(await readdir(folder)).toEqual([]); // what fails does not get far enough to be a good example
  const first = await help();
  const [file] = (await readdir(folder)) as [string];
  for (let more = 0; more < 3; more++) expect(await help()).toBe(first);
  const kept = await readFile(join(folder, file));
  expect(kept.length).toBeGreaterThan(100_000);
  expect(await help()).toBe(first);
  expect(await readFile(join(folder, file))).toEqual(kept); // after four runs it is not written again
  const { chmod, stat, writeFile } = await import("node:fs/promises");
  await writeFile(join(folder, file), Buffer.concat([kept.subarray(0, 64), Buffer.from("rubbish")]));
  await chmod(folder, 0o777);
  expect(await help()).toBe(first);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await readFile(join(folder, file))).length).toBeGreaterThan(100_000);
});
