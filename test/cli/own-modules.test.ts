import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownModules } from "../../src/embed/own-modules.ts";
import { RcmError } from "../../src/index.ts";
import { loadModule } from "../../src/runbook/load-module.ts";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

const MIGRATE = `import { defineModule, sh, z } from "rcm";
/** A step type of the user's: schema, probe, want and apply. */
export const migrate = defineModule({
  name: "migrate",
  category: "Application",
  summary: "Migrates the database to a version.",
  example: "migrate({ version: 3 })",
  options: z.strictObject({
    version: z.number().int().describe("the version to come to"),
    file: z.string().default("version").describe("where it is noted"),
  }),
  properties: ({ version, file }) => ({
    version: { probe: sh\`cat \${file} 2>/dev/null || echo 0\`, want: String(version), apply: sh\`echo \${version} >\${file}\` },
  }),
});
`;

let host: TestHost;
let work: Workplace;
beforeAll(async () => {
  host = await sshHost();
  work = await Workplace.make();
  await work.inventory({ web: host });
  await mkdir(work.path("modules"));
  await work.write("modules/migrate.ts", MIGRATE);
  await mkdir(work.path("node_modules/@me/db"), { recursive: true });
  await work.write(
    "node_modules/@me/db/package.json",
    JSON.stringify({ name: "@me/db", type: "module", exports: { ".": "./index.js", "./sub": "./sub.js" } }),
  );
  await work.write(
    "node_modules/@me/db/index.js",
    `${MIGRATE}export const other = defineModule({ ...migrate.definition, name: "other" });`,
  );
  await work.write("node_modules/@me/db/sub.js", MIGRATE.replace("export const migrate =", "export default"));
});
afterAll(async () => {
  await host.stop();
  await work[Symbol.asyncDispose]();
});

const marker = (): string => join(host.dir, "version");
const file = (name = "version"): string => `file=${join(host.dir, name)}`;

test("a module of the user's runs ad hoc: dry run, change, nothing the second time", async () => {
  const args = ["run", "web", "./modules/migrate.ts", "version=3", file(), "-i", "hosts.yaml"];
  const dry = await work.rcm([...args, "-C"]);
  expect(dry.stdout).toContain("0 → 3");
  expect([dry.code, existsSync(marker())]).toEqual([0, false]);
  const first = await work.rcm(args);
  expect(first.stderr + first.stdout).toMatch(/^web \| CHANGED/);
  expect(readFileSync(marker(), "utf8")).toBe("3\n");
  expect((await work.rcm(args)).stdout).toMatch(/^web \| SUCCESS/);
});

test("it needs nothing on the host: not Node, not rcm, and leaves nothing there", async () => {
  const before = readdirSync(host.dir).sort();
  const bare = join(host.dir, "bare");
  await mkdir(bare);
  // A host whose path has but a few programs of POSIX.
  for (const program of ["cat", "sh", "rm", "mkdir", "mv", "chmod", "ln", "id", "env"])
    await symlink(`/bin/${program}`, join(bare, program)).catch(() => undefined);
  const call = `import { runbook } from "rcm";
import { migrate } from "./modules/migrate.ts";
export default runbook("ship", {}, ({ step }) => {
  step("migrate", migrate({ version: 9, file: "${join(host.dir, "shipped")}" }), { env: { PATH: "${bare}" } });
});`;
  await work.write("ship.ts", call);
  const { code, stdout, stderr } = await work.rcm(["apply", "ship.ts", "-i", "hosts.yaml"]);
  expect([code, stderr, stdout]).toEqual([0, "", expect.stringContaining("migrate | changed")]);
  expect(readFileSync(join(host.dir, "shipped"), "utf8")).toBe("9\n");
  expect(readdirSync(host.dir).sort()).toEqual([...before, "bare", "shipped"].sort());
});

test("rcm modules explains it, and gives its schema", async () => {
  const { stdout, code } = await work.rcm(["modules", "./modules/migrate.ts"]);
  expect(code).toBe(0);
  expect(stdout).toContain("migrate (Application)\n\nMigrates the database to a version.");
  expect(stdout).toMatch(/ {2}version \* +integer +the version to come to\n/);
  const schema = JSON.parse((await work.rcm(["modules", "./modules/migrate.ts", "--json"])).stdout);
  expect(schema).toMatchObject({ required: ["version"], properties: { file: { default: "version" } } });
});

test("wrong options are refused before a host is touched", async () => {
  const before = host.log();
  const { code, stderr } = await work.rcm([
    "run",
    "web",
    "./modules/migrate.ts",
    "vresion=3",
    "-i",
    "hosts.yaml",
  ]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^Error: Cannot run migrate: migrate has no option "vresion".*"version"/),
  ]);
  expect(host.log()).toBe(before);
});

async function load(given: string): Promise<string | RcmError> {
  return await loadModule(given, await ownModules(), work.dir).then(
    (module) => module.definition.name,
    (error: RcmError) => error,
  );
}

test("a package of npm is found from the folder up, with its entries and exports", async () => {
  expect(await load("@me/db:other")).toBe("other");
  expect(await load("@me/db/sub")).toBe("migrate");
  expect(await load("./modules/migrate.ts:migrate")).toBe("migrate");
  expect(await load(join(work.dir, "modules/migrate.ts"))).toBe("migrate");
  const run = await work.rcm([
    "run",
    "web",
    "@me/db:migrate",
    "version=4",
    file("packaged"),
    "-i",
    "hosts.yaml",
  ]);
  expect(run.stderr + run.stdout).toMatch(/^web \| CHANGED/);
});

test.each([
  ["@me/db", "exports several modules: say which, as in @me/db:migrate (migrate, other)"],
  ["@me/db:third", 'exports no module "third": it has migrate, other'],
  ["@me/none", 'There is no module "@me/none", and no package of that name in'],
  ["./modules/none.ts", 'Cannot read the module "./modules/none.ts": no such file'],
  ["./hosts.yaml", "wanted a file that ends in .ts, .mts, .js, .mjs"],
])("%s: %s", async (given, message) => {
  const error = await load(given);
  expect(error).toBeInstanceOf(RcmError);
  expect((error as RcmError).message).toContain(message);
});

test.each<[string, string, number | undefined, string]>([
  ["syntax", "export const a = ;\n", 1, "Cannot load"],
  ["thrown", "\nthrow new Error('on loading');\n", 2, "on loading"],
  [
    "undefined",
    'import { defineModule, z } from "rcm";\n\nexport const m = defineModule({ name: "Not A Name", options: z.object({}) });\n',
    3,
    'Cannot define the module "Not A Name"',
  ],
  ["empty", "export const a = 1;\n", undefined, "exports no module: wanted one that defineModule made"],
])("what is wrong in a file is told with its place: %s", async (name, text, line, message) => {
  const path = await work.write(`${name}.ts`, text);
  const error = await load(`./${name}.ts`);
  expect(error).toMatchObject({ where: { file: path, ...(line ? { line } : {}) } });
  expect((error as RcmError).message).toContain(message);
});
