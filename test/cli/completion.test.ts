import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type Completion, complete, type Names } from "../../src/cli/completion/complete.ts";
import type { CommandGrammar } from "../../src/cli/completion/grammar.ts";
import { ownGrammar } from "../../src/cli/completion/grammar-of.ts";
import { Workplace } from "../support/rcm.ts";

const grammar = ownGrammar();
const names: Names = {
  patterns: async (sources) => ["all", "db1", "web1", "web2", ...sources],
  runs: async (which) => [[`${which}-run`, "site, today"]],
  hosts: async (run) => [`host-of-${run}`],
  steps: async (run, host) => [`step-of-${host}-in-${run}`],
};

/** Completes what stands after `rcm `; the cursor is at the end. */
async function after(line: string): Promise<Completion> {
  return await complete(grammar, line.split(" "), async () => names);
}

async function words(line: string): Promise<readonly string[]> {
  return (await after(line)).words.map(([word]) => word);
}

test.each([
  ["ap", ["apply"]],
  ["nothing", []],
  ["inventory l", ["list"]],
  ["help res", ["resume"]],
  ["apply --fo", ["--forks", "--format"]],
  ["graph --format ", ["text", "mermaid", "dot", "svg"]],
  ["apply --format pl", ["plain"]],
  ["apply --format=pl", ["--format=plain"]],
  ["apply --host-key-checking=", ["strict", "accept-new", "off"].map((one) => `--host-key-checking=${one}`)],
  ["apply --nothing=", []],
  ["exec all -c l", ["local"]],
  ["exec all -bc l", ["local"]],
  ["logs x y z ", ["--stdout", "--stderr", "--attempt", "--help"]],
  ["runs --j", ["--json"]],
  ["runs --json --j", []],
  ["runs --status f", ["failed"]],
  ["completion ", ["bash", "zsh", "fish"]],
  ["completion bash --he", ["--help"]],
])("rcm %s", async (line, wanted) => {
  expect(await words(line)).toEqual(wanted);
});

test("a flag that was given is not offered again, unless it is repeatable", async () => {
  const offered = await words("apply --check --inventory a -v -l web --");
  expect(offered).not.toContain("--check");
  expect(offered).not.toContain("--limit");
  expect(offered).toEqual(expect.arrayContaining(["--inventory", "--verbose", "--forks"]));
  expect(await words("exec all -- --")).toEqual([]);
});

test("modules, their options and the values of these", async () => {
  expect(await words("run all hostn")).toEqual(["hostname"]);
  expect(await words("modules line")).toEqual(["lineinfile"]);
  expect(await words("run all hostname ")).toEqual(["name="]);
  expect(await words("run -b all lineinfile --check path=/etc/hosts insert")).toEqual([
    "insertafter=",
    "insertbefore=",
  ]);
  expect(await words("run all lineinfile path=/etc/hosts pa")).toEqual([]);
  expect(await words("run all lineinfile state=")).toEqual(["state=present", "state=absent"]);
  expect(await words("run all wait-for state=a")).toEqual(["state=absent"]);
  expect(await words("run all copy force=")).toEqual(["force=true", "force=false"]);
  expect(await words("run all constructor ")).toEqual([]);
  expect(await words("run all copy constructor=")).toEqual([]);
});

test("functions of flows", async () => {
  expect(await words("functions base64g")).toEqual(["base64gunzip", "base64gzip"]);
  expect((await after("functions uppe")).words).toEqual([["upper", "The text in capital letters."]]);
});

test.each([
  ["apply si", 0],
  ["apply --private-key ~/.ss", 0],
  ["apply --private-key=~/.ss", 14],
  ["apply -i ", 0],
  ["apply -e @va", 1],
  ["exec -l @ho", 1],
  ["run all copy src=fi", 4],
  ["exec all -- ls ", 0],
])("rcm %s: a file", async (line, filesAfter) => {
  expect(await after(line)).toEqual({ words: [], filesAfter });
});

test.each([["apply -e na"], ["apply -u ro"], ["apply site.ts --forks "], ["run all hostname name=x"]])(
  "rcm %s: nothing",
  async (line) => {
    expect(await after(line)).toEqual({ words: [] });
  },
);

test("hosts and groups, of the inventories that stand in the line, also within a pattern", async () => {
  expect(await words("exec w")).toEqual(["web1", "web2"]);
  expect(await words("apply -i one.yaml site.ts --inventory=o2 -io3 -l o")).toEqual(["one.yaml", "o2", "o3"]);
  expect(await words("apply --limit=all:!w")).toEqual(["--limit=all:!web1", "--limit=all:!web2"]);
  expect(await words("exec db1,web2,&a")).toEqual(["db1,web2,&all"]);
});

test("runs, their hosts and steps", async () => {
  expect((await after("show ")).words).toEqual([["all-run", "site, today"]]);
  expect(await words("resume res")).toEqual(["resumable-run"]);
  expect(await words("logs x ")).toEqual(["host-of-x"]);
  expect(await words("logs x y ")).toEqual(["step-of-y-in-x"]);
});

test("values that cannot be completed are these, and no others were forgotten", () => {
  const free = (path: string, { flags, words, commands }: CommandGrammar): string[] => [
    ...flags.flatMap(({ names, value }) => (value === "free" ? [names.at(-1) as string] : [])),
    ...words.flatMap((value, i) => (value === "free" ? [`${path} ${i}`] : [])),
    ...Object.entries(commands).flatMap(([name, one]) => free(`${path} ${name}`, one)),
  ];
  expect([...new Set(free("rcm", grammar.rcm))].sort()).toEqual(
    [
      "--attempt",
      "--auth-timeout",
      "--become-user",
      "--connect-timeout",
      "--forks",
      "--host", // of which run is not said
      "--port",
      "--runbook",
      "--user",
      "--var",
      "rcm exec 1", // the command: files, which the command line sees to
      "rcm run 2", // name=value, likewise
    ].sort(),
  );
});

describe("rcm __complete", () => {
  test("finds names on the disk", async () => {
    await using work = await Workplace.make();
    await work.write("hosts.yaml", "web: { hosts: { web1: , web2: } }\n");
    await work.write(
      "one.ts",
      `import { runbook } from "rcm";
import { command } from "rcm/modules";
export default runbook("one", {}, ({ step }) => {
  step("works", command({ cmd: "true" }));
  step("fails", command({ cmd: "false" }));
});`,
    );
    const lines = async (args: readonly string[], env = {}): Promise<readonly string[]> => {
      const { code, stdout, stderr } = await work.rcm(["__complete", ...args], env);
      expect([code, stderr]).toEqual([0, ""]);
      return stdout.split("\n").slice(0, -1);
    };
    expect(await lines(["exec", "-i", "hosts.yaml", ""])).toEqual([
      "-",
      "all\t",
      "web\t",
      "web1\t",
      "web2\t",
    ]);
    expect(await lines(["exec", "web1:w"], { RCM_INVENTORY: "hosts.yaml" })).toEqual([
      "-",
      "web1:web\t",
      "web1:web1\t",
      "web1:web2\t",
    ]);
    expect(await lines(["exec", ""])).toEqual(["-", "localhost\t"]);
    expect(await lines(["exec", "-i", "absent.yaml", ""])).toEqual(["-"]);
    expect(await lines(["resume", ""])).toEqual(["-"]);
    expect((await work.rcm(["apply", "one.ts"])).code).toBe(2);
    const [, run = ""] = await lines(["resume", ""]);
    expect(run).toMatch(/^\S+\tone, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const [id = ""] = run.split("\t");
    expect(await lines(["logs", id.slice(0, 8)])).toEqual(["-", run]);
    expect(await lines(["logs", id, ""])).toEqual(["-", "localhost\t"]);
    expect(await lines(["logs", id, "localhost", ""])).toEqual(["-", "works\t", "fails\t"]);
    expect(await lines(["logs", "absent", ""])).toEqual(["-"]);
  });

  test("knows what the built rcm knows", async () => {
    await using work = await Workplace.make();
    const { stdout } = await work.rcm(["__complete", "run", "all", "lineinfile", "state="]);
    expect(stdout).toBe("-\nstate=present\t\nstate=absent\t\n");
  });
});

test("rcm completion prints a script that the shell takes, and refuses other shells", async () => {
  await using work = await Workplace.make();
  const { code, stdout } = await work.rcm(["completion", "bash"]);
  expect([code, spawnSync("bash", ["-n"], { input: stdout }).status]).toEqual([0, 0]);
  expect((await work.rcm(["completion", "--", "bash"])).stdout).toBe(stdout);
  const other = await work.rcm(["completion", "tcsh"]);
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("bash, zsh, fish")]);
  expect((await work.rcm(["completion", "constructor"])).code).toBe(1);
});
