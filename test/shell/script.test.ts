import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fileOf } from "../../src/shell/file.ts";
import { quote, sh } from "../../src/shell/script.ts";
import { wrap } from "../../src/shell/wrap.ts";

test.each([
  [sh`echo ${"it's"}`, `echo 'it'\\''s'`],
  [sh`rm -- ${["a b", "-rf", "*"]}`, `rm -- 'a b' '-rf' '*'`],
  [sh`exit ${3}`, `exit '3'`],
  [sh`${sh`a ${"b"}`} | c`, `a 'b' | c`],
  [sh`[ -e ${[]} ]`, `[ -e  ]`],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  [sh`echo \${x#y} $1`, "echo ${x#y} $1"],
  [sh.lines(sh`a`, false, undefined, sh`b`), "a\nb"],
  [sh.all(sh`a`, sh`b`), "a && b"],
])("%s", (script, text) => {
  expect(script.text).toBe(text);
});

test("any texts reach a program as they are, through any shell", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", "")),
        { minLength: 1, maxLength: 20 },
      ),
      (texts) => {
        const script = sh`printf '%s\\0' ${texts}`;
        for (const shell of ["/bin/sh", "/bin/bash"]) {
          const output = execFileSync(shell, ["-c", script.text]).toString("utf8");
          expect(output.split("\0").slice(0, -1)).toEqual(texts);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test.each([[undefined], [null], [true], [{}], [Number.NaN]])("%s is no shell value", (value) => {
  expect(() => sh`echo ${value as never}`).toThrow(/wanted a text, a number, a list or a script/);
});

test("a NUL character is refused, since no shell can hold one", () => {
  expect(() => quote("a\0b")).toThrow(/NUL/);
});

test("a local file is named by its content and remembered by the script", () => {
  const file = fileOf("hello");
  const script = sh`cat ${file} | ${sh`tee ${file}`}`;
  expect(script.text).toBe(`cat "$RCM_FILES"/${file.sha256} | tee "$RCM_FILES"/${file.sha256}`);
  expect(script.files).toEqual([file, file]);
});

test("a script runs in its directory and environment", () => {
  const script = wrap(`printf '%s %s' "$PWD" "$WHO"`, { cwd: "/usr", env: { WHO: "it's $(me)" } });
  expect(execFileSync("/bin/sh", ["-c", script]).toString()).toBe("/usr it's $(me)");
});

test("a script does not run where its directory is not", () => {
  const { status, stdout } = spawnSync("/bin/sh", ["-c", wrap("echo here", { cwd: "/no/such" })]);
  expect([status, stdout.toString()]).toEqual([2, ""]);
});
