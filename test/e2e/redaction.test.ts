import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

const SECRET = "sword-of-fish";
let host: TestHost;
beforeAll(async () => {
  host = await sshHost();
});
afterAll(() => host.stop());

/** All that lies in a folder. */
function everything(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("\n");
}

const book = (body: string): string => `
import { runbook, z } from "rcm";
import { bash, command, copy, debug } from "rcm/modules";
export default runbook("book", { params: z.object({ token: z.string().optional() }) }, ({ step, secret, host, params }) => {
const cwd = String(host.vars.dir);
${body}
});`;

test("a diff shows neither the new secret nor the one that was there before", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "book.ts",
    book(`secret("s", () => process.env.SECRET);
step("conf", copy({ dest: cwd + "/conf", content: (ctx) => "user=me\\ntoken=" + ctx.secrets.get("s") + "\\nport=1\\n" }), { secrets: ["s"] });`),
  );
  const args = ["apply", "book.ts", "-i", "hosts.yaml", "--diff"];
  expect((await work.rcm(args, { SECRET: "old-secret" })).code).toBe(0);
  const { stdout, code } = await work.rcm(args, { SECRET });
  expect([code, readFileSync(join(host.dir, "conf"), "utf8")]).toEqual([
    0,
    `user=me\ntoken=${SECRET}\nport=1\n`,
  ]);
  expect(stdout).toContain("-[REDACTED]");
  expect(stdout).toContain("+token=[REDACTED]");
  expect(stdout).toContain(" user=me");
  expect(stdout + everything(work.state)).not.toMatch(/old-secret|sword-of-fish/);
});

test("a param that is a secret is not kept: the run is resumed by giving it again", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "book.ts",
    book(`secret("s", () => params.token);
step("x", bash({ script: 'printf "%s\\\\n" "$S"; [ -e go-on ]' }), { secrets: ["s"], cwd });`),
  );
  const args = ["apply", "book.ts", "-i", "hosts.yaml", "-e", `token=${SECRET}`];
  expect((await work.rcm(args)).code).toBe(2);
  expect(everything(work.state)).not.toContain(SECRET);
  const resumed = await work.rcm(["resume"]);
  expect(resumed.stderr).toMatch(
    /was given secrets as params, which are not kept: token\n.*rcm apply .*--resume -e token=…/s,
  );
  expect(resumed.code).toBe(1);
  await (await import("node:fs/promises")).writeFile(join(host.dir, "go-on"), "");
  const again = await work.rcm([...args, "--resume", "-v"]);
  expect([again.code, again.stdout.includes("resumed")]).toEqual([0, true]);
  expect(again.stdout).toContain("[REDACTED]");
  expect(everything(work.state) + again.stdout).not.toContain(SECRET);
});

test("passwords of the inventory are hidden too", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host }, { ansible_become_password: SECRET });
  await work.write("book.ts", book(`step("vars", debug({ message: (ctx) => ctx.host.vars }));`));
  const { stdout, code } = await work.rcm(["apply", "book.ts", "-i", "hosts.yaml", "--format", "ndjson"]);
  expect(code).toBe(0);
  expect(stdout).toContain("[REDACTED]");
  expect(stdout + everything(work.state)).not.toContain(SECRET);
});

test.each([
  [
    `step("x", command({ cmd: "true" }), { secrets: ["s"], assert: () => { throw new Error("bad ${SECRET}"); } });`,
    2,
  ],
  [
    `setTimeout(() => { throw new Error("late ${SECRET}"); }, 1); step("x", command({ cmd: "sleep 5" }), { secrets: ["s"] });`,
    70,
  ],
  [`step("x ${SECRET}", command({ cmd: "true" }), { secrets: ["s"] });`, 1],
  [`step("x", command({ cmd: "true" }), { secrets: ["s"], nonsense: 1 }); secret("s", "${SECRET}");`, 1],
])("%s shows no secret", async (body, wanted) => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "book.ts",
    book(`secret("s", () => "${SECRET.slice(0, 3)}" + "${SECRET.slice(3)}");\n${body}`),
  );
  const { stdout, stderr, code } = await work.rcm(["apply", "book.ts", "-i", "hosts.yaml", "-v"]);
  expect(stdout + stderr).not.toContain(SECRET);
  expect(code).toBe(wanted);
});

test("what is shown of a run as Markdown, as an asciicast and as JSON has none", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "book.ts",
    book(`secret("s", () => process.env.SECRET);
const given = { secrets: ["s"], cwd, await: [] };
step("says", bash({ script: 'for i in 1 2 3; do printf "%s" "$S" | cut -c 1-5 | tr -d "\\n"; printf "%s\\n" "$S" | cut -c 6-; done; printf "%s" "$S" | base64' }), given);
step("fails", bash({ script: 'echo "no $S" >&2; exit 3' }), given);
step("conf", copy({ dest: cwd + "/shown", content: (ctx) => "token=" + ctx.secrets.get("s") + "\\n" }), given);`),
  );
  expect((await work.rcm(["apply", "book.ts", "-i", "hosts.yaml"], { SECRET })).code).toBe(2);
  const [id = ""] = readdirSync(join(work.state, "runs"));
  for (const format of ["text", "md", "cast"]) {
    const { stdout, code } = await work.rcm(["show", id, "--format", format]);
    expect([format, code, stdout.match(/\[REDACTED\]/g)?.length ?? 0]).toEqual([
      format,
      0,
      expect.toSatisfy((count: number) => count >= 1),
    ]);
    expect(stdout).not.toContain(SECRET);
    expect(stdout).not.toContain(Buffer.from(SECRET).toString("base64"));
  }
});
