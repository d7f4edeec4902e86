import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { bootstrap, LAST_LINE, stepLine } from "../../src/shell/bootstrap.ts";

const hasStrace = spawnSync("strace", ["-V"]).status === 0;

test.skipIf(!hasStrace && !process.env.CI)("a step that changes nothing costs two writes", () => {
  const step = { kind: "property", ignoreErrors: false, changed: [], key: "", isInline: true } as const;
  const body = "rcm_record 0 was one; rcm_record 1 was two";
  const lines = Array.from({ length: 10 }, (_, i) =>
    stepLine({ ...step, sequence: i + 1, needs: i === 0 ? [] : [i], body }),
  );
  const input = `${bootstrap({ nonce: "0123456789abcdef", files: "/none" })}${lines.join("")}${LAST_LINE}`;
  const calls = join(mkdtempSync(join(tmpdir(), "rcm-test-")), "calls");
  const { stdout, stderr, status } = spawnSync(
    "strace",
    ["-qq", "-e", "trace=write", "-o", calls, "/bin/sh"],
    { input, encoding: "utf8" },
  );
  const writes = readFileSync(calls, "utf8").match(/^write\(/gm)?.length;
  rmSync(dirname(calls), { recursive: true });
  expect([status, stderr.match(/\x1fe \d+\x1e/g)?.length]).toEqual([0, 10]);
  for (const mark of [/\x1fb \d+\x1e/g, /\x1fr 1 was\x1etwo/g, /\x1fe \d+ 0\x1e/g])
    expect(stdout.match(mark)?.length).toBe(10);
  // The hello on both streams, a beginning and an end of each step, and the last of what had waited.
  expect(writes).toBe(2 + 2 * 10 + 1);
});

test("where the folder for long files cannot be, they lie with the others", () => {
  const printed = (longFiles: string): string => {
    const input = `${bootstrap({ nonce: "0123456789abcdef", files: "/tmp/files", longFiles })}echo "<$RCM_LONG>"\n`;
    return /<(.*)>/.exec(spawnSync("/bin/sh", [], { input, encoding: "utf8" }).stdout)?.[1] ?? "";
  };
  expect([printed("/var/tmp/long"), printed("/nowhere/long")]).toEqual(["/var/tmp/long", "/tmp/files"]);
});
