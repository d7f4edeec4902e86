import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bash, command } from "../../modules/index.ts";
import { runStep, runSteps, sshHost, type TestHost } from "../../src/testing/index.ts";

let host: TestHost;

beforeAll(async () => {
  host = await sshHost();
});
afterAll(() => host.stop());

test.each([
  [
    "a missing fi",
    "echo a\nif true; then\n  echo b\n",
    /script:2:1: `if` statement must end with `fi`: if true; then/,
  ],
  ["an open quote", "echo 'a", /script:1:6: .* closing quote/],
  ["an open substitution", "a=$(date", /script:1:3: /],
  ["an open here-document", "cat <<END\nx\n", /script:1:5: unclosed here-document/],
])("%s is found before the host is touched", async (_name, script, wanted) => {
  const before = host.log();
  await expect(runStep(host, bash({ script }))).rejects.toThrow(wanted);
  await expect(runStep(host, bash({ script, args: [() => "later"] }))).rejects.toThrow(wanted);
  expect(host.log()).toBe(before);
});

test("a script in a file is told with the file and its line", async () => {
  const path = join(host.dir, "broken.sh");
  await writeFile(path, "#!/bin/bash\nfor i in 1 2; do\n  echo $i\n");
  const before = host.log();
  await expect(runStep(host, bash({ file: path }))).rejects.toMatchObject({
    message: expect.stringContaining(`${path}:2:1: `) as string,
    where: { file: path, line: 2, column: 1 },
  });
  expect(host.log()).toBe(before);
});

test("a deferred script is looked at when it is due, and fails its step only", async () => {
  const [broken, fine] = await runSteps(host, [
    bash({ script: () => "if true; then\n  echo\n" }),
    command({ cmd: "echo on" }),
  ]);
  expect(broken?.status).toBe("failed");
  expect(broken?.error).toContain("script:1:1: `if` statement must end with `fi`");
  expect(fine?.status).toBe("changed");
});

test("what only bash understands is let pass", async () => {
  const script = `shopt -s extglob
a=(one two); [[ \${a[0]} =~ (one|x) ]] && echo "\${a[@]^^}" <(true) >/dev/null
case x in !(y)) ;;& *) echo "$((1 + 2))" ;; esac`;
  const result = await runStep(host, bash({ script }));
  expect([result.error, result.output]).toEqual([undefined, "3\n"]);
});
