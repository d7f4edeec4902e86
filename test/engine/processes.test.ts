import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endProcesses } from "../../src/engine/processes.ts";

const own = ["--pid", "--fork", "--mount-proc"];
const hasNamespaces = process.getuid?.() === 0 && spawnSync("unshare", [...own, "true"]).status === 0;

test.skipIf(!hasNamespaces)("parents are ended before their children, whatever the numbers of both", () => {
  const dir = mkdtempSync(join(tmpdir(), "rcm-test-"));
  try {
    const kill = 'kill() { echo "$2" >>ended; command kill "$@"; }';
    writeFileSync(join(dir, "end"), `${kill}\n${endProcesses(0).text.replace(/root=\S+/, "root=$1")}`);
    // The child's number stands before that of its parent where names are sorted, as in /proc/*.
    const script = `cd "$1"
setsid sh -c 'echo 99999 >/proc/sys/kernel/ns_last_pid; sleep 600 & echo $! >child; wait; echo late >late' &
echo $! >parent
until [ -s child ]; do sleep 0.05; done
sh "$1/end" $!`;
    const { stderr, status } = spawnSync("unshare", [...own, "sh", "-c", script, "sh", dir], {
      encoding: "utf8",
    });
    expect([stderr, status]).toEqual(["", 0]);
    const read = (name: string): string => readFileSync(join(dir, name), "utf8");
    expect(read("ended")).toBe(read("parent") + read("child"));
    expect(() => read("late")).toThrow(/ENOENT/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
