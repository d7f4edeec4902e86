import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bash, command } from "../../modules/index.ts";
import type { ActionResult } from "../../src/index.ts";
import { act } from "../../src/module/action.ts";
import { localSide } from "../../src/module/local-side.ts";
import { checkOptions } from "../../src/module/options.ts";
import type { Mode } from "../../src/module/work.ts";
import { runSteps } from "../../src/testing/index.ts";
import { eventually } from "../support/rcm.ts";
import { NO_CONTEXT } from "./no-context.ts";
import { stage } from "./stage.ts";

const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
const big = "line of text\n".repeat(100_000);

describe("script", () => {
  async function scriptOf(module: typeof command | typeof bash, options: object, mode: Mode = "apply") {
    const checked = checkOptions(module.definition, options as Record<string, unknown>);
    if (!checked.ok) throw new Error(checked.problems.join("; "));
    const action = await module.definition.action!(checked.options, localSide("/"), NO_CONTEXT);
    const { script, isInline, files } = act(action, mode).first;
    return { script: script.split("\n"), isInline, files: files.length };
  }

  test.each([
    ["a program", { cmd: "echo", args: ["$HOME", "it's", ""] }, "exec 'echo' '$HOME' 'it'\\''s' ''"],
    ["a program without arguments", { cmd: "my program", args: [] }, "exec 'my program' "],
  ])("%s", async (_, options, last) => {
    expect(await scriptOf(command, options)).toMatchObject({ script: ["set -e", last], isInline: false });
  });

  test("a line is a shell of its own, which the session's shell can start", async () => {
    const script = ["sh -c 'echo $HOME | wc'"];
    expect(await scriptOf(command, { cmd: "echo $HOME | wc" })).toEqual({ script, isInline: true, files: 0 });
  });

  test("guards stand first, and alone in a dry run", async () => {
    const options = { cmd: "x", creates: "-a", removes: "b", unless: "c", onlyIf: "d" };
    const { script } = await scriptOf(command, options, "check");
    expect(script.filter((line) => /^if/.test(line))).toEqual([
      "if [ -e './-a' ] || [ -L './-a' ]; then rcm_record 0 held './-a exists'; exit 0; fi",
      "if ! [ -e 'b' ] && ! [ -L 'b' ]; then rcm_record 0 held 'b does not exist'; exit 0; fi",
      "if ( sh -c 'c'",
      "if ! ( sh -c 'd'",
    ]);
    expect(script.at(-1)).toBe("rcm_record 0 would ''");
  });

  test.each([
    ["short input in the script", "x", 0],
    ["long input as a file", big, 1],
    ["input with NUL as a file", "a\0b", 1],
  ])("%s", async (_, stdin, files) => {
    expect((await scriptOf(command, { cmd: "cat", stdin })).files).toBe(files);
    expect((await scriptOf(bash, { script: "cat", stdin })).files).toBe(files);
  });

  test("a long bash script goes as a file", async () => {
    expect((await scriptOf(bash, { script: `: ${"x".repeat(200_000)}` })).files).toBe(1);
  });
});

describe.each([
  ["command", (line: string, more: object = {}) => command({ cmd: line, ...more })],
  ["bash", (line: string, more: object = {}) => bash({ script: line, ...more })],
])("%s", (_name, run) => {
  const on = stage();

  test("gives output, errors and exit status", async () => {
    const result = await on.run(on.dir(), run("echo out; echo err >&2; exit 3"));
    expect(result).toMatchObject({
      status: "failed",
      output: "out\n",
      stderr: "err\n",
      exitCode: 3,
      error: "exit status 3: err",
      changed: false,
    });
  });

  test.each([
    ["a program that is not there", "no-such-program", 127],
    ["a file that is no program", "/etc/passwd", 126],
    ["a signal", "kill -9 $$", 137],
    ["a gentle signal", "kill -15 $$", 143],
  ])("exit status of %s", async (_, line, exitCode) => {
    expect(await on.run(on.dir(), run(line))).toMatchObject({ status: "failed", exitCode });
  });

  test("reads what it is given, whole and as it is", async () => {
    const inputs = [
      "",
      "small",
      "no\nnewline",
      big,
      `a\0b${"\u0001".repeat(9)}\u{1F600}\r\n`,
      "y".repeat(1 << 20),
    ];
    const calls = inputs.map((stdin) => run("sha256sum | cut -c1-64", { stdin }));
    const results = await runSteps(on.host, calls);
    expect(results.map(({ output }) => output)).toEqual(inputs.map((input) => `${sha256(input)}\n`));
  });

  test("need not read it, and has none unless told", async () => {
    const results = await runSteps(on.host, [run("exit 4", { stdin: big }), run("cat"), run("read -r x")]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([4, 0, 1]);
  });

  test("guards hold it back, and say why", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/there`, "");
    const guards = [
      { creates: "there" },
      { creates: "gone" },
      { removes: "gone" },
      { removes: "there" },
      { unless: "test -e there" },
      { unless: "test -e gone" },
      { onlyIf: "test -e gone" },
      { onlyIf: "test -e there; exit" },
      { onlyIf: "no-such-program" },
      { unless: "if" },
      { creates: "gone", removes: "there", unless: "false", onlyIf: "true" },
    ];
    const results = await runSteps(
      on.host,
      guards.map((guard) => run("echo ran", guard)),
      { step: { cwd: dir } },
    );
    expect(results.map(({ status, message, output }) => `${status} ${message}${output ?? ""}`)).toEqual([
      "ok not run: there exists",
      "changed ran\n",
      "ok not run: gone does not exist",
      "changed ran\n",
      "ok not run: the condition of unless holds",
      "changed ran\n",
      "ok not run: the condition of onlyIf does not hold",
      "changed ran\n",
      "ok not run: the condition of onlyIf does not hold",
      "changed ran\n",
      "changed ran\n",
    ]);
  });

  test("changedWhen and failedWhen have the last word", async () => {
    const has =
      (word: string) =>
      ({ stdout }: ActionResult) =>
        stdout.includes(word);
    const results = await runSteps(on.host, [
      run("echo a", { changedWhen: false }),
      run("echo a", { changedWhen: true }),
      run("echo a", { changedWhen: has("b") }),
      run("echo a", { changedWhen: has("a") }),
      run("echo a; exit 2", { failedWhen: ({ exitCode }: ActionResult) => exitCode > 2 }),
      run("echo a; exit 2", { failedWhen: ({ exitCode }: ActionResult) => exitCode > 2, changedWhen: false }),
      run("echo ERROR; echo e >&2", { failedWhen: has("ERROR") }),
      run("exit 2", { changedWhen: false }),
    ]);
    expect(results.map(({ status, error }) => [status, error])).toEqual([
      ["ok", undefined],
      ["changed", undefined],
      ["ok", undefined],
      ["changed", undefined],
      ["changed", undefined],
      ["ok", undefined],
      ["failed", "failedWhen holds: exit status 0: e"],
      ["failed", "exit status 2"],
    ]);
  });

  test("a dry run goes by the guards and changedWhen, and runs nothing", async () => {
    const dir = on.dir();
    const calls = [
      run("touch x"),
      run("touch x", { changedWhen: false }),
      run("touch x", { creates: "/" }),
      run("touch x", { failedWhen: () => true }),
    ];
    const results = await runSteps(on.host, calls, { mode: "check", step: { cwd: dir } });
    expect(results.map(({ status }) => status)).toEqual(["changed", "ok", "ok", "changed"]);
    expect(results[0]!.message).toMatch(/^would (execute: touch x|run a bash script)$/);
    expect(existsSync(`${dir}/x`)).toBe(false);
  });

  test("keeps the end of a long output", async () => {
    const { output, truncated } = await on.run(on.dir(), run("seq 100000; echo end"));
    expect(truncated).toBe(true);
    expect((output as string).endsWith("100000\nend\n")).toBe(true);
  });

  test("cannot end the session, nor leave it in disorder", async () => {
    const results = await runSteps(on.host, [
      run("exec sleep 0"),
      run('eval "\'"'),
      run("cd /; set -f; exit 0"),
      run("pwd; echo *"),
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 2, 0, 0]);
    expect(results[3]!.output).not.toMatch(/^\/\n\*/);
  });
});

describe("bash only", () => {
  const on = stage();

  test("is bash where there is one", async () => {
    const { output } = await on.run(
      on.dir(),
      bash({ script: `a=(1 2); echo \${a[1]} $0 $# $1`, args: ["x y"] }),
    );
    expect(output).toBe("2 bash 1 x y\n");
  });

  test("runs a local file, whatever is in it", async () => {
    const dir = on.dir();
    writeFileSync(`${dir}/s.sh`, `printf '%s|' "$@"; cat; exit 5\n`);
    const { output, exitCode, command } = await on.run(
      dir,
      bash({ file: "s.sh", args: ["-x", "a b"], stdin: "in" }),
    );
    expect([output, exitCode, command]).toEqual(["-x|a b|in", 5, "run the bash script s.sh"]);
  });

  test("runs a script of 200 KB, with arguments and input", async () => {
    const script = `x='${"q".repeat(200_000)}'\necho \${#x} "$1"; cat`;
    const { output } = await on.run(on.dir(), bash({ script, args: ["$(id)"], stdin: "in" }));
    expect(output).toBe("200000 $(id)\nin");
  });

  test("passes on the variables that it is told to", async () => {
    const env = { A: "a '\"$(id)\n", B: "b", C: "c" };
    const script = 'printf "%s|" "$A" "$B" "$C" "$HOME"';
    const calls = [
      bash({ script }),
      bash({ script, envInclude: ["A", "NOT_SET"] }),
      bash({ script, envInclude: [] }),
      bash({ script, envExclude: ["A", "HOME", "NOT_SET"] }),
      bash({ script, envExclude: ["PATH"] }),
      bash({ script: "env | cut -d= -f1 | sort", envInclude: ["A"] }),
    ];
    const results = await runSteps(on.host, calls, { step: { env } });
    const { dir } = on.host;
    expect(results.map(({ output }) => output)).toEqual([
      `${env.A}|b|c|${dir}|`,
      `${env.A}||||`,
      "||||",
      "|b|c||",
      `${env.A}|b|c|${dir}|`,
      expect.not.stringMatching(/^(B|C|HOME|RCM_FILES|rcm_head)$/m),
    ]);
  });

  test.each([
    [
      { script: "x", envInclude: ["A B"] },
      /option "envInclude\[0\]": wanted the name of an environment variable/,
    ],
    [{ script: "x", envExclude: ["$(id)"] }, /option "envExclude\[0\]"/],
    [{ script: "x", envInclude: [], envExclude: [] }, /exclude each other/],
    [{ script: "x", file: "y" }, /exactly one of script and file/],
    [{ script: "x", creates: "" }, /option "creates"/],
  ])("refuses %j", async (options, message) => {
    await expect(on.run(on.dir(), bash(options))).rejects.toThrow(message);
  });

  test.each([
    ["short", "y".repeat(100_000), "RCM_FILES", /^\/tmp\/\.rcm-\w+\ndrwx------/],
    ["long", "y".repeat(2_000_000), "RCM_LONG", /^\/var\/tmp\/\.rcm-\w+\ndrwx------/],
  ])("a %s file on the host does not outlive the run", async (_length, stdin, variable, shown) => {
    const { output } = await on.run(
      on.dir(),
      bash({ script: "dirname $0", file: undefined as never, stdin }),
    );
    const { output: folder } = await on.run(
      on.dir(),
      bash({ script: `echo "$${variable}"; ls -ld "$${variable}"`, stdin }),
    );
    expect([output, folder]).toEqual([".\n", expect.stringMatching(shown)]);
    await eventually(() => !existsSync((folder as string).split("\n")[0]!), "the folder is gone");
  });
});
