import { readdirSync, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as modules from "../../modules/index.ts";
import { runRunbook, type Stub, stub, stubAny } from "../../src/testing/index.ts";

const SINK = fileURLToPath(new URL("../../examples/kitchen-sink.ts", import.meta.url));
const FOLDER = SINK.replace(/\.ts$/, "");
const { bash, command, http, stat } = modules;

const FOUND = { exists: true, mode: "0600" } as modules.Stat;
const STUBS: readonly Stub[] = [
  stub(command, ({ cmd }) => ({ output: cmd === "id -un" ? "chef\n" : "hello, cook\n" })),
  stub(bash, (_options, { step }) => ({
    output: step === "smoke.still" ? "30\n" : "git\npython3\npodman\nbrew\n",
  })),
  stub(http, { output: { body: "<title>h1</title>" } as modules.HttpResponse }),
  stub(stat, { output: FOUND }),
  stub(modules.fail, { error: "the soup is salty" }),
  stubAny({ changed: true }),
];

/** Runs with a network that refuses; gives how often somebody wanted a connection. */
async function withoutNetwork(task: () => Promise<void>): Promise<number> {
  const { connect } = Socket.prototype;
  let attempts = 0;
  Socket.prototype.connect = function refuse() {
    attempts += 1;
    throw new Error("the network is not to be used");
  } as never;
  syncBuiltinESMExports();
  try {
    await task();
  } finally {
    Socket.prototype.connect = connect;
    syncBuiltinESMExports();
  }
  return attempts;
}

test("the kitchen sink runs with stubs and no network, and calls every module that there is", async () => {
  const attempts = await withoutNetwork(async () => {
    const run = await runRunbook(SINK, {
      hosts: ["h1"],
      mode: "stub",
      stubs: STUBS,
      params: { repo: "https://git.example.com/a.git", wheel: "flask", image: "nginx", formula: "jq" },
    });
    const failed = [...(run.hosts[0]?.steps.values() ?? [])].filter(({ status }) => status === "failed");
    expect(failed.map(({ error }) => error)).toEqual(["the soup is salty"]);
    expect(run.status).toBe("completed");
    const called = new Set(run.calls.map(({ module }) => module));
    const all = Object.values(modules).map(({ definition: { name } }) => name);
    expect([...called].sort()).toEqual([...all, "mark"].sort());
    expect(run.result("done")).toMatchObject({ status: "changed" });
    expect(run.calls.at(-1)?.options).toEqual({ message: "h1 is served" });
  });
  expect(attempts).toBe(0);
  // The refusal refuses: for real, the host would have been dialled.
  const dialled = await withoutNetwork(async () => {
    const run = await runRunbook(SINK, {
      inventory: { all: { hosts: { h1: { ansible_host: "192.0.2.1" } } } },
    });
    expect(run.status).not.toBe("completed");
  });
  expect(dialled).toBeGreaterThan(0);
});

test("it gives every option that any step can have", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
  const source = [SINK, ...files.map((name) => `${FOLDER}/${name}`)]
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const framework = readFileSync(new URL("../../src/runbook/framework.ts", import.meta.url), "utf8");
  const names = [...(/const NAMES = \[([^\]]*)\]/.exec(framework)?.[1] ?? "").matchAll(/"(\w+)"/g)];
  expect(names.length).toBeGreaterThan(10);
  for (const [, name] of names) expect(source).toMatch(new RegExp(`\\b${name}:`));
  expect(source).toMatch(/retry: \d/);
  expect(source).toMatch(/retry: \{/);
});
