import { existsSync } from "node:fs";
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
    ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> => {
      const said = { stdout: "", stderr: "" };
      const { exitCode } = await session.run({
        body,
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
