import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { bash, command, copy, file, lineinfile, waitFor } from "../../modules/index.ts";
import type { ModuleCall } from "../../src/index.ts";
import { type RunStepOptions, runSteps, snapshot } from "../../src/testing/index.ts";
import { busyboxPrograms, commandOf, SHELLS, tellMissingShells } from "./shells.ts";
import { stage } from "./stage.ts";

const on = stage();
const isRoot = process.getuid?.() === 0;
const long = "quite a long line, it's true: $(id) `id` \\n é\n".repeat(6000);

/** Everything that the modules ask of a shell and of coreutils; in the second round there is nothing to do. */
function tour(dir: string): ModuleCall[] {
  const owned = isRoot ? { owner: "daemon", group: "1" } : {};
  return [
    file({ path: "setgid", state: "directory", mode: "0755" }),
    file({ path: "d", state: "directory", mode: "0750", ...owned }),
    file({ path: "d/f", state: "file", mode: "0600" }),
    file({ path: "r", state: "directory", recurse: true, mode: "0755", ...owned }),
    file({ path: "link", state: "link", src: "d/f" }),
    file({ path: "hard", state: "hard", src: "d/f" }),
    file({ path: "old", state: "absent" }),
    copy({
      content: "some text\n",
      dest: "-copy",
      mode: "0640",
      backup: true,
      validate: "grep -q text %s",
      ...owned,
    }),
    copy({ content: "", dest: "empty" }),
    copy({ content: long, dest: "long" }),
    copy({ content: "through\n", dest: "dangling", follow: true }),
    copy({ src: "src", dest: "tree", mode: "0644", ...owned }),
    copy({ src: "src", dest: "few", force: false }),
    lineinfile({ path: "conf", regexp: "^b=", line: "b=2", backup: true, validate: "test -s %s" }),
    lineinfile({ path: "new/conf", line: "it's $(id)", create: true, mode: "0600" }),
    lineinfile({ path: "large", line: "first", insertbefore: "BOF" }),
    command({ cmd: "tr a-z A-Z >upper", stdin: "x".repeat(50_000), creates: "upper" }),
    command({
      cmd: "tee",
      args: ["shout"],
      stdin: "aaa",
      creates: "shout",
      unless: "test -e shout",
      removes: "conf",
    }),
    bash({
      script: 'printf %s "$1" >"$2"',
      args: ["it's", "by-bash"],
      envInclude: ["PATH"],
      onlyIf: "! test -e by-bash",
    }),
    bash({
      script: `: ${long.replaceAll(/[^a-z]/g, "")}; cat >by-long`,
      stdin: long,
      envExclude: ["HOME"],
      creates: `${dir}/by-long`,
    }),
    waitFor({ path: "by-bash", search: "^it's$" }),
  ];
}

function arrange(dir: string): void {
  mkdirSync(join(dirname(dir), "src/sub"), { recursive: true });
  for (const name of ["a", "sub/-b", "sub/c d", "back\\slash"])
    writeFileSync(join(dirname(dir), "src", name), name);
  mkdirSync(`${dir}/old/full`, { recursive: true });
  mkdirSync(`${dir}/setgid`);
  chmodSync(`${dir}/setgid`, 0o2755);
  mkdirSync(`${dir}/r/sub`, { recursive: true });
  writeFileSync(`${dir}/r/sub/-f (1)`, "");
  writeFileSync(`${dir}/conf`, "a=1\nb=1\nb=1");
  writeFileSync(`${dir}/-copy`, "old");
  writeFileSync(`${dir}/large`, long);
  symlinkSync("target", `${dir}/dangling`);
}

async function goRound(options: RunStepOptions): Promise<void> {
  const dir = on.dir();
  arrange(dir);
  const all = { ...options, folder: dirname(dir), step: { cwd: dir, ...options.step } };
  const before = snapshot(dir);
  const dry = await runSteps(on.host, tour(dir).slice(0, -6), { ...all, mode: "check" });
  expect(dry.filter(({ status }) => status === "failed").map(({ error }) => error)).toEqual([]);
  expect(snapshot(dir)).toEqual(before);
  const first = await runSteps(on.host, tour(dir), all);
  expect(first.map(({ status, error }) => error ?? status)).toEqual([
    ...tour(dir)
      .slice(1)
      .map(() => "changed"),
    "ok",
  ]);
  const after = snapshot(dir);
  const second = await runSteps(on.host, tour(dir), all);
  expect(second.map(({ status, error }) => error ?? status)).toEqual(second.map(() => "ok"));
  expect(Math.max(...second.map(({ roundTrips = 0 }) => roundTrips))).toBe(1);
  expect(snapshot(dir)).toEqual(after);
  expect(readFileSync(`${dir}/large`, "utf8")).toBe(`first\n${long}`);
  expect(readFileSync(`${dir}/long`, "utf8")).toBe(long);
  expect(readFileSync(`${dir}/target`, "utf8")).toBe("through\n");
  expect(readFileSync(`${dir}/conf`, "utf8")).toBe("a=1\nb=1\nb=2\n");
}

describe("modules go round", () => {
  tellMissingShells();

  test.each(SHELLS.map((shell) => [shell.name, shell] as const))("in %s", async (_, shell) => {
    await goRound({ shell: commandOf(shell) });
  });

  test.runIf(SHELLS.some(({ name }) => name === "busybox"))(
    "in busybox with nothing but busybox",
    async () => {
      const folder = busyboxPrograms(on.dir());
      await goRound({ shell: "/usr/bin/busybox sh", step: { env: { PATH: folder } } });
    },
  );
});
