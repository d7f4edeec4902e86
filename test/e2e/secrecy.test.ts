import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sshHost, type TestHost } from "../../src/testing/index.ts";
import { Workplace } from "../support/rcm.ts";
import { randomSecrets, tracesOf } from "../support/secrets.ts";

let host: TestHost;
beforeAll(async () => {
  host = await sshHost();
});
afterAll(() => host.stop());

const SECRETS = randomSecrets(20);

/** Each secret through each module there is; every other time in a way that fails, or is told in many words. */
const BOOK = `
import { readFileSync } from "node:fs";
import { runbook } from "rcm";
import { bash, command, copy, debug, file, hostname, lineinfile, pause, waitFor } from "rcm/modules";
const values = JSON.parse(readFileSync("secrets.json", "utf8"));
export default runbook("secrecy", {}, ({ step, secret, host }) => {
  const cwd = String(host.vars.dir);
  const tell = 'printf "%s\\\\n" "$S"; printf %s "$S" | base64; printf "u:%s" "$S" | base64 -w0; printf %s "$S" | od -An -v -tx1 >&2; printf %s "$S" | od -An -v -tx1 | tr -d " \\\\n"; printf "%q\\\\n" "$S"; printf "%s\\\\n" "$S" | while read -r l; do echo "| $l" >&2; done; ';
  const slow = 'i=0; while [ $i -lt \${#S} ]; do printf %s "\${S:$i:5}"; i=$((i + 5)); done; ';
  values.forEach((value, i) => {
    const name = "s" + i;
    const s = secret(name, () => values[i]);
    const of = (ctx) => ctx.secrets.get(s);
    const bad = i % 2 === 0;
    const given = { secrets: [s], cwd, ignoreErrors: true, env: { S: of }, await: [] };
    const fail = () => { throw new Error("no " + values[i]); };
    step("command" + i, command({ cmd: 'printf "%s" "$S' + i + '"; printf "%s" "$S' + i + '" >&2; ' + (bad ? "exit 3" : ":") }), { ...given, retry: { max: 2, delay: 1 } });
    step("bash" + i, bash({ script: tell + slow + (bad ? 'echo "$S" >&2; exit 4' : ":") }), given);
    step("args" + i, command({ cmd: "echo", args: (ctx) => [of(ctx)] }), given);
    step("stdin" + i, command({ cmd: "cat; cat >&2", stdin: of, ...(bad ? { failedWhen: fail } : {}) }), given);
    step("copy" + i, copy({ dest: bad ? "/dev/null/such/" + i : "copied" + i, content: (ctx) => "a=1\\n" + of(ctx), ...(bad ? { validate: "cat %s >&2; false" } : {}) }), given);
    step("valid" + i, copy({ dest: "valid" + i, content: of, validate: bad ? "cat %s >&2; false" : "test -f %s" }), given);
    step("debug" + i, debug({ message: (ctx) => bad ? { [of(ctx)]: [of(ctx)] } : of(ctx) }), given);
    step("line" + i, lineinfile({ path: "line" + i, create: !bad, line: (ctx) => "x" + of(ctx) }), given);
    step("hostname" + i, hostname({ name: (ctx) => of(ctx) + "x".repeat(70) }), given);
    step("pause" + i, pause({ duration: of }), given);
    step("post" + i, command({ cmd: 'printf %s "$S' + i + '"' }), { ...given, post: bad ? fail : () => ({ value: values[i], url: encodeURIComponent(values[i]) }) });
    step("assert" + i, command({ cmd: "true" }), { ...given, assert: bad ? fail : () => true });
    step("when" + i, command({ cmd: "true" }), { ...given, when: bad ? fail : (ctx) => of(ctx) !== "" });
  });
});`;

/** Everything below a folder; what goes meanwhile is left out. */
function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const entries = unlessGone(() => readdirSync(folder, { recursive: true, withFileTypes: true })) ?? [];
  const paths = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
  return new Map(
    paths.flatMap((path) => {
      const bytes = unlessGone(() => readFileSync(path));
      return bytes ? [[path, bytes] as const] : [];
    }),
  );
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** What rcm left in the host's folders for temporary files. */
function leftOver(): ReadonlyMap<string, Buffer> {
  const folders = ["/tmp", "/var/tmp"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(".rcm-"))
      .map((name) => join(folder, name)),
  );
  return new Map(folders.flatMap((folder) => [...filesBelow(folder)]));
}

/** The command lines of all processes, as `ps` would show them. */
function commandLines(): Buffer[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => unlessGone(() => readFileSync(`/proc/${pid}/cmdline`)) ?? []);
}

test.each([
  ["plain", "plain"],
  ["ndjson", "ndjson"],
  ["a tree on a terminal", "tree"],
])(
  "20 secrets through every module, in %s: not one byte of them anywhere",
  async (_, format) => {
    await using work = await Workplace.make();
    await work.inventory({ host });
    await work.write("secrets.json", JSON.stringify(SECRETS));
    await work.write("book.ts", BOOK);
    const words = ["apply", "book.ts", "-i", "hosts.yaml", "--format", format, "-vv", "--diff", "--profile"];
    const run = format === "tree" ? work.onTerminal(words) : work.start(words);
    const seen: Buffer[] = [];
    let isOver = false;
    const sampling = (async () => {
      while (!isOver) {
        seen.push(...commandLines());
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const { stdout, stderr, code } = await run.ended;
    isOver = true;
    await sampling;
    expect(code, stderr).toBe(0);
    const [id = ""] = readdirSync(join(work.state, "runs"));
    const shown = await work.rcm(["show", id, "--json"]);
    const logs = await work.rcm(["logs", id]);
    const places = new Map<string, Buffer>([
      ["stdout", Buffer.from(stdout)],
      ["stderr", Buffer.from(stderr)],
      ["show", Buffer.from(shown.stdout)],
      ["logs", Buffer.from(logs.stdout)],
      [
        "processes",
        Buffer.from([...new Set(seen.map((line) => line.toString("latin1")))].join("\n"), "latin1"),
      ],
      ...filesBelow(work.state),
      ...leftOver(),
    ]);
    const found: string[] = [];
    for (const secret of SECRETS)
      for (const [form, trace] of tracesOf(secret))
        for (const [place, bytes] of places) if (bytes.includes(trace)) found.push(`${form} in ${place}`);
    expect(found).toEqual([]);
    // The tree keeps to the newest lines.
    expect(stdout.split("[REDACTED]").length).toBeGreaterThan(format === "tree" ? 20 : 200);
    if (format === "tree") expect(stdout).toContain("\x1b[");
    // The host got them as they are.
    for (const [i, secret] of SECRETS.entries())
      if (i % 2) expect(readFileSync(join(host.dir, `copied${i}`), "utf8")).toBe(`a=1\n${secret}`);
  },
  600_000,
);

test("after ^C nothing that was sent stays in the host's folders for temporary files", async () => {
  await using work = await Workplace.make();
  await work.inventory({ host });
  const content = `${randomUUID()}\n`.repeat(2000);
  await work.write("content.json", JSON.stringify(content));
  await work.write(
    "long.ts",
    `import { readFileSync } from "node:fs";
import { runbook } from "rcm";
import { command, copy } from "rcm/modules";
export default runbook("long", {}, ({ step, host }) => {
  const cwd = String(host.vars.dir);
  step("sent", copy({ dest: "sent", content: JSON.parse(readFileSync("content.json", "utf8")) }), { cwd });
  step("slow", command({ cmd: "touch begun; sleep 31.7" }), { cwd });
});`,
  );
  const isLeft = (): boolean => [...leftOver().values()].some((bytes) => bytes.includes(content));
  const run = work.start(["apply", "long.ts", "-i", "hosts.yaml"]);
  await expect.poll(() => existsSync(join(host.dir, "begun")), { timeout: 60_000 }).toBe(true);
  expect(isLeft()).toBe(true);
  run.child.kill("SIGINT");
  expect((await run.ended).code).toBe(130);
  await expect.poll(isLeft, { timeout: 10_000 }).toBe(false);
});
