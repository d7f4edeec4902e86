import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";

let host: TestHost;
beforeAll(async () => {
  host = await sshHost();
});
afterAll(() => host.stop());

const book = (body: string): string => `
import { symlinkSync } from "node:fs";
import { fileSink, multiSink, nullSink, runbook } from "rcm";
import { bash, command, debug } from "rcm/modules";
export default runbook("book", {}, ({ step, secret, host }) => {
const cwd = String(host.vars.dir);
${body}
});`;

test("output goes to the sinks that a step names, without secrets, and stays in the run's folder unless told otherwise", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "book.ts",
    book(`
secret("s", () => "sword" + "fish");
const given = { cwd, secrets: ["s"], await: [] };
step("file", bash({ script: 'echo out "$S"; sleep 0.05; echo err >&2' }), { ...given, sink: fileSink("logs/a/file.log") });
step("only", command({ cmd: "echo only" }), { ...given, sink: multiSink(nullSink(), fileSink(({ host, step }) => "logs/" + host + "-" + step)) });
step("none", command({ cmd: "echo none" }), { ...given, sink: nullSink() });
step("twice", bash({ script: "echo try; mkdir tried 2>/dev/null && exit 1; :" }), { ...given, retry: { max: 2, delay: 1 }, sink: fileSink("logs/twice") });
step("own", bash({ script: 'printf "%s" "$S"; for i in 1 2 3; do printf "$i"; done' }), { ...given, sink: { open: ({ secrets }) => {
  let text = secrets.get("s").length + " ";
  return { write: async (stream, data) => { await null; text += data; }, close: () => { throw new Error("got " + text); } };
} } });
symlinkSync("/sys", "kernel");
step("kernel", command({ cmd: "echo x" }), { ...given, sink: multiSink(nullSink(), fileSink(() => "kernel/no/such")) });
step("fails", command({ cmd: "echo x" }), { ...given, sink: fileSink("book.ts/no/such") });
step("read", debug({ message: (ctx) => ctx.output("none") + "|" + ctx.stdout("none") + "|" + ctx.stdout("twice") }), { await: ["none", "twice"] });`),
  );
  const { code, stdout, stderr } = await work.rcm(["apply", "book.ts", "-i", "hosts.yaml"]);
  expect([code, await work.read("logs/a/file.log")]).toEqual([0, "out [REDACTED]\nerr\n"]);
  expect(statSync(work.path("logs/a/file.log")).mode & 0o777).toBe(0o600);
  expect(await work.read("logs/host-only")).toBe("only\n");
  expect(await work.read("logs/twice")).toBe("try\n==> attempt 2 <==\ntry\n");
  expect(stderr).toContain('host | warning | The sink of the step "own" failed: got 9 [REDACTED]123');
  expect(stderr).toContain('The sink of the step "fails" failed: ');
  expect(stderr).toContain('The sink of the step "kernel" failed: fileSink cannot write to /sys/no/such');
  expect(stdout).toContain("none\n|none\n|try\n".replaceAll("\n", "\\n"));
  const [id = ""] = readdirSync(join(work.state, "runs"));
  const kept = readdirSync(join(work.state, "runs", id, "out", "host")).filter((name) =>
    name.endsWith(".log"),
  );
  expect(kept.toSorted()).toEqual(["fails.log", "file.log", "own.log", "read.log", "twice.log"]);
  const logs = await work.rcm(["logs", id, "host"]);
  expect(logs.stdout).toContain("==> host | twice <==\ntry\n==> attempt 2 <==\ntry\n");
  expect((await work.rcm(["logs", id, "host", "twice", "--attempt", "2"])).stdout).toBe("try\n");
  expect((await work.rcm(["logs", id, "--attempt", "x"])).stderr).toContain(
    '--attempt is "x": wanted a number',
  );
});

test("what a step printed on either stream can be read by later ones, also when the run goes on after a crash", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write(
    "book.ts",
    book(`
const talk = step("talk", bash({ script: "seq 20000; echo warned >&2; seq 20000 >&2; echo end" }), { post: (out) => out.length });
step("stops", command({ cmd: "[ -e go-on ]" }), { cwd });
step("read", debug({ message: (ctx) => [ctx.output(talk), ctx.stdout(talk).length, ctx.stdout(talk).slice(-4), ctx.stderr(talk).length, ctx.stderr(talk).slice(0, 6)] }));`),
  );
  expect((await work.rcm(["apply", "book.ts", "-i", "hosts.yaml"])).code).toBe(2);
  writeFileSync(join(host.dir, "go-on"), "");
  const { code, stdout } = await work.rcm(["resume"]);
  expect(code).toBe(0);
  expect(stdout).toContain('[108898,108898,"end\\n",108901,"warned"]');
});

test.each([
  [
    'step("x", command({ cmd: "true" }), { sink: "file.log" });',
    'sink is "file.log": wanted a sink such as fileSink(…)',
  ],
  ['step("x", command({ cmd: "true" }), { sink: fileSink("") });', 'fileSink is given "": wanted a path'],
  [
    'step("x", command({ cmd: "true" }), { sink: fileSink("/proc/no/such") });',
    "fileSink cannot write to /proc/no/such: /proc is the kernel's, and takes no files",
  ],
])("%s is refused", async (body, message) => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  await work.write("book.ts", book(body));
  const { code, stderr } = await work.rcm(["apply", "book.ts", "-i", "hosts.yaml"]);
  expect(stderr).toContain(message);
  expect([code, existsSync(join(work.state, "runs"))]).toEqual([1, false]);
  expect(readFileSync(work.path("book.ts"), "utf8")).toContain(body);
});
