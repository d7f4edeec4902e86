import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sh } from "../../src/shell/script.ts";
import { type Connection, noTraffic } from "../../src/transport/connection.ts";
import { connectLocal } from "../../src/transport/local.ts";
import { Session } from "../../src/transport/session.ts";

const SHELLS = ["/bin/dash", "/bin/bash", "/usr/bin/mksh", "/bin/mksh"].filter((shell) => existsSync(shell));
const BUSYBOX = ["/usr/bin/busybox", "/bin/busybox"].find((path) => existsSync(path));

describe.each([...SHELLS.map((shell) => [shell]), ...(BUSYBOX ? [[`${BUSYBOX} sh`]] : [])])(
  "a session of %s",
  (shell) => {
    let connection: Connection;
    let session: Session;
    beforeAll(async () => {
      connection = connectLocal(noTraffic());
      session = await Session.open(connection, { shell, files: "/tmp/none", become: undefined });
    });
    afterAll(() => connection.close());

    const run = async (
      body: string,
      isInline = false,
    ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> => {
      const said = { stdout: "", stderr: "" };
      const { exitCode } = await session.run({
        body,
        isInline,
        output: (stream, data) => {
          said[stream] += data.toString("latin1");
        },
      });
      return { exitCode, ...said };
    };

    test.each([
      ["output on both streams", "echo out; echo err >&2", { exitCode: 0, stdout: "out\n", stderr: "err\n" }],
      ["an exit status", "exit 7", { exitCode: 7, stdout: "", stderr: "" }],
      ["no input to swallow", "cat; read x || echo none", { exitCode: 0, stdout: "none\n", stderr: "" }],
      ["a variable that stays inside", "x=1; export x; cd /", { exitCode: 0, stdout: "", stderr: "" }],
      ["no such variable afterwards", 'echo "[$x]"', { exitCode: 0, stdout: "[]\n", stderr: "" }],
      ["exec", "exec echo gone", { exitCode: 0, stdout: "gone\n", stderr: "" }],
      [
        "a redefined function",
        "rcm_mark() { echo no; }; rcm_step() { :; }; echo fine",
        { exitCode: 0, stdout: "fine\n", stderr: "" },
      ],
      ["a closed output", "exec >&- 2>&-; true", { exitCode: 0, stdout: "", stderr: "" }],
      ["a trap", "trap 'echo bye' EXIT; echo hi", { exitCode: 0, stdout: "hi\nbye\n", stderr: "" }],
      [
        "separators",
        "printf '\\036\\037\\036 e 1 0\\036'",
        { exitCode: 0, stdout: "\x1e\x1f\x1e e 1 0\x1e", stderr: "" },
      ],
      ["the session still stands", "echo yes", { exitCode: 0, stdout: "yes\n", stderr: "" }],
    ])("survives %s", async (_name, body, wanted) => {
      expect(await run(body)).toEqual(wanted);
    });

    test("runs a body in its own shell that says it may", async () => {
      const pid = await session.pid;
      const stdout = `${pid} gone\n`;
      expect(await run("sh -c 'echo $PPID gone'; return 7; echo never", true)).toEqual({
        exitCode: 7,
        stdout,
        stderr: "",
      });
      expect(await run("cat; sh -c 'cat; exit 3'", true)).toEqual({ exitCode: 3, stdout: "", stderr: "" });
      expect(await run("echo after >&2", true)).toEqual({ exitCode: 0, stdout: "", stderr: "after\n" });
      expect(await run("return 4")).toEqual({ exitCode: 4, stdout: "", stderr: "" });
    });

    test("gives each of many scripts its own standard error", async () => {
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, i) => run(i % 3 === 0 ? ":" : `echo ${i} >&2`, i % 2 === 0)),
      );
      expect(all.map(({ stderr }) => stderr)).toEqual(
        Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? "" : `${i}\n`)),
      );
    });

    test("knows a whole line of a file", async () => {
      const dir = await mkdtemp(join(tmpdir(), "rcm-test-"));
      const lines = ["plain", "a.c", "-v", "  it's $x `y` \\ end ", "ü\xa0", "x".repeat(100_000)];
      await writeFile(join(dir, "file"), `${lines.join("\n")}\n`);
      const has = async (line: string): Promise<number> =>
        (await run(sh`rcm_has ${line} ${join(dir, "file")}`.text, true)).exitCode;
      expect(await Promise.all(lines.map(has))).toEqual(lines.map(() => 0));
      expect(await Promise.all(["abc", "plai", "", "EOF", "end "].map(has))).toEqual([1, 1, 1, 1, 1]);
      await rm(dir, { recursive: true });
    });

    test("survives a syntax error, set -e and a failing command in the middle", async () => {
      expect((await run("if then ((")).exitCode).not.toBe(0);
      expect((await run("set -e; false; echo never")).stdout).toBe("");
      expect((await run("echo after")).stdout).toBe("after\n");
    });

    test("does not wait for a child in the background, which cannot break what follows", async () => {
      expect((await run("(sleep 1; sleep 1) & echo done")).stdout).toBe("done\n");
      expect((await run("echo next")).stdout).toBe("next\n");
    });

    test("runs a script of 2 MB, and many scripts that were sent at once in order", async () => {
      const big = sh`rcm_put ${"x".repeat(2_000_000)}`.text;
      expect((await run(big)).stdout.length).toBe(2_000_000);
      const all = await Promise.all(Array.from({ length: 50 }, (_, i) => run(`echo ${i}; exit ${i}`)));
      expect(all).toEqual(
        Array.from({ length: 50 }, (_, i) => ({ exitCode: i, stdout: `${i}\n`, stderr: "" })),
      );
    });

    test("tells the values that a script reports, whatever they hold", async () => {
      const value = "line\n'quote' \\ $x \x1e\x1f end\n";
      const { records } = await session.run({
        body: sh`rcm_record 0 was ${value}; echo plain; rcm_record 1 now ''`.text,
        output: () => undefined,
      });
      expect(records.map(({ words, data }) => [words.join(" "), data.toString()])).toEqual([
        ["0 was", value],
        ["1 now", ""],
      ]);
    });

    test("says so when its shell is killed", async () => {
      const doomed = await Session.open(connection, { shell, files: "/tmp/none", become: undefined });
      const pid = await doomed.pid;
      await expect(
        doomed.run({ body: `kill -9 ${pid}; echo x; sleep 5`, output: () => undefined }),
      ).rejects.toThrow(/The shell of the session ended/);
      expect(doomed.alive).toBe(false);
    });
  },
);
