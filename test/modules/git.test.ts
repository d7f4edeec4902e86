import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { git } from "../../modules/index.ts";
import type { Result } from "../../src/index.ts";
import { runSteps } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const on = stage();

type Options = Parameters<typeof git>[0];

/** Nothing of the developer's own configuration; and submodules may be on this machine. */
const ENV = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
  GIT_CONFIG_COUNT: "3",
  GIT_CONFIG_KEY_0: "protocol.file.allow",
  GIT_CONFIG_VALUE_0: "always",
  GIT_CONFIG_KEY_1: "init.defaultBranch",
  GIT_CONFIG_VALUE_1: "main",
  GIT_CONFIG_KEY_2: "advice.detachedHead",
  GIT_CONFIG_VALUE_2: "false",
};

/** A repository with two commits, one branch more, and tags. */
class Repository {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path);
    this.run("init", "-q");
    this.commit("one");
    this.run("tag", "light");
    this.run("tag", "-a", "v1", "-m", "v1");
    this.commit("two");
    this.run("branch", "side", "v1");
  }

  run(...args: readonly string[]): string {
    const env = { ...process.env, ...ENV };
    return execFileSync("git", ["-C", this.path, ...args], { encoding: "utf8", env, stdio: "pipe" }).trim();
  }

  commit(text: string): string {
    writeFileSync(join(this.path, "file"), `${text}\n`);
    this.run("add", "file");
    this.run("commit", "-q", "-m", text);
    return this.run("rev-parse", "HEAD");
  }
}

function arrange(): { readonly dir: string; readonly source: Repository; readonly repo: string } {
  const dir = on.dir();
  const source = new Repository(join(dir, "source"));
  return { dir, source, repo: `file://${source.path}` };
}

/** A dry run tells the change and makes none; the change is made; and then there is nothing to do, in one round trip. */
async function changes(dir: string, options: Options): Promise<Result> {
  const step = { env: ENV };
  const head = (): unknown => (existsSync(join(dir, "clone")) ? look(dir, "rev-parse", "HEAD") : undefined);
  const before = head();
  const dry = await on.run(dir, git(options), { mode: "check", step });
  expect([dry.error, dry.status, head()]).toEqual([undefined, "changed", before]);
  const real = await on.run(dir, git(options), { step });
  expect(real.error).toBeUndefined();
  expect(real.changes[0]).toEqual(dry.changes[0]);
  expect(await on.run(dir, git(options), { step })).toMatchObject({
    status: "ok",
    changes: [],
    roundTrips: 1,
  });
  return real;
}

const look = (dir: string, ...args: readonly string[]): string =>
  execFileSync("git", ["-C", join(dir, "clone"), ...args], { encoding: "utf8", stdio: "pipe" }).trim();
const file = (dir: string): string => readFileSync(join(dir, "clone/file"), "utf8").trim();

describe("git over file://", () => {
  test("clones the repository's own branch, and follows it", async () => {
    const { dir, source, repo } = arrange();
    const { message } = await changes(dir, { repo, dest: "clone" });
    expect(message).toBe(`version: absent → HEAD`);
    expect([file(dir), look(dir, "status", "-sb"), look(dir, "config", "remote.origin.url")]).toEqual([
      "two",
      "## main...origin/main",
      repo,
    ]);
    const [was, now] = [source.run("rev-parse", "HEAD"), source.commit("three")];
    const updated = await changes(dir, { repo, dest: "clone" });
    expect(updated.message).toBe(`version: ${was.slice(0, 12)} (HEAD is ${now.slice(0, 12)}) → HEAD`);
    expect(file(dir)).toBe("three");
  });

  test("a branch, a tag, a commit, and back", async () => {
    const { dir, source, repo } = arrange();
    const first = source.run("rev-parse", "v1^{commit}");
    await changes(dir, { repo, dest: "clone", version: "v1" });
    expect([file(dir), look(dir, "rev-parse", "--abbrev-ref", "HEAD")]).toEqual(["one", "HEAD"]);
    await changes(dir, { repo, dest: "clone", version: "main" });
    expect([file(dir), look(dir, "rev-parse", "--abbrev-ref", "HEAD")]).toEqual(["two", "main"]);
    await changes(dir, { repo, dest: "clone", version: first });
    expect(file(dir)).toBe("one");
    const [side, light, unknown] = await runSteps(
      on.host,
      ["side", "light", "no-such"].map((version) => git({ repo, dest: join(dir, "clone"), version })),
      { step: { env: ENV } },
    );
    expect([side?.error, light?.status]).toEqual([undefined, "ok"]);
    expect(unknown?.error).toMatch(
      /cannot find out "version": .* has no branch or tag no-such, and it is no/,
    );
  });

  test("depth and singleBranch fetch no more than they say; a refspec something else", async () => {
    const { dir, source, repo } = arrange();
    source.run("update-ref", "refs/pull/7/head", source.run("commit-tree", "-m", "pr", "v1^{tree}"));
    const pull = source.run("rev-parse", "refs/pull/7/head");
    await changes(dir, { repo, dest: "clone", depth: 1 });
    expect([look(dir, "rev-list", "--count", "HEAD"), look(dir, "branch", "-r")]).toEqual([
      "1",
      "origin/main",
    ]);
    source.commit("three");
    await changes(dir, { repo, dest: "clone", depth: 1 });
    expect([file(dir), look(dir, "rev-list", "--count", "HEAD")]).toEqual(["three", "1"]);
    await changes(dir, {
      repo,
      dest: "clone",
      version: pull,
      refspec: "+refs/pull/*:refs/remotes/origin/pull/*",
    });
    expect(look(dir, "rev-parse", "HEAD")).toBe(pull);
    await on.run(dir, git({ repo, dest: "single", singleBranch: true, version: "side" }), {
      step: { env: ENV },
    });
    expect(
      execFileSync("git", ["-C", join(dir, "single"), "branch", "-a"], { encoding: "utf8" }),
    ).not.toMatch(/main/);
  });

  test("local changes and commits are not lost, unless force says so", async () => {
    const { dir, source, repo } = arrange();
    const call = { repo, dest: "clone" };
    const step = { env: ENV };
    await on.run(dir, git(call), { step });
    writeFileSync(join(dir, "clone/file"), "mine\n");
    writeFileSync(join(dir, "clone/untracked"), "mine\n");
    expect((await on.run(dir, git(call), { step })).status).toBe("ok");
    source.commit("three");
    const refused = await on.run(dir, git(call), { step });
    expect(refused.error).toBe(
      'cannot bring about "version": there are local changes in clone: commit them or take them back, or set force',
    );
    expect(file(dir)).toBe("mine");
    const env = { ...process.env, ...ENV };
    execFileSync("git", ["-C", join(dir, "clone"), "commit", "-qam", "mine"], { env });
    expect((await on.run(dir, git(call), { step })).error).toMatch(
      /the branch main in clone has commits that origin has not: set force to drop them/,
    );
    await changes(dir, { ...call, force: true });
    expect(file(dir)).toBe("three");
    writeFileSync(join(dir, "clone/file"), "mine\n");
    expect((await changes(dir, { ...call, force: true })).message).toBe(
      "version: HEAD, with local changes → HEAD",
    );
    expect([file(dir), existsSync(join(dir, "clone/untracked"))]).toEqual(["three", true]);
  });

  test("update: false leaves a clone alone; another address is taken over", async () => {
    const { dir, source, repo } = arrange();
    const step = { env: ENV };
    await changes(dir, { repo, dest: "clone", update: false });
    source.commit("three");
    expect((await on.run(dir, git({ repo, dest: "clone", update: false }), { step })).status).toBe("ok");
    expect(file(dir)).toBe("two");
    source.run("reset", "-q", "--hard", "HEAD~1");
    const { changes: seen } = await changes(dir, { repo: source.path, dest: "clone" });
    expect(seen).toMatchObject([{ property: "remote", was: repo, want: source.path }]);
  });

  test("bare clones have all branches and tags", async () => {
    const { dir, source, repo } = arrange();
    await changes(dir, { repo, dest: "clone", bare: true });
    source.commit("three");
    source.run("branch", "more");
    expect((await changes(dir, { repo, dest: "clone", bare: true })).message).toBe(
      "refs: 2 refs behind → as in the repository",
    );
    expect(look(dir, "for-each-ref", "--format=%(refname)")).toBe(
      "refs/heads/main\nrefs/heads/more\nrefs/heads/side\nrefs/tags/light\nrefs/tags/v1",
    );
  });

  test("submodules come along, at the recorded commit or at their own branch", async () => {
    const { dir, source, repo } = arrange();
    const part = new Repository(join(dir, "part"));
    source.run("submodule", "--quiet", "add", `file://${part.path}`, "part");
    source.run("commit", "-q", "-m", "part");
    const inPart = (): string => readFileSync(join(dir, "clone/part/file"), "utf8").trim();
    await changes(dir, { repo, dest: "clone", submodules: false });
    expect(existsSync(join(dir, "clone/part/file"))).toBe(false);
    expect((await changes(dir, { repo, dest: "clone" })).message).toBe("submodules: 1 to update → current");
    expect(inPart()).toBe("two");
    part.commit("three");
    expect((await on.run(dir, git({ repo, dest: "clone" }), { step: { env: ENV } })).status).toBe("ok");
    await changes(dir, { repo, dest: "clone", trackSubmodules: true });
    expect(inPart()).toBe("three");
  });

  test("what fails leaves nothing behind", async () => {
    const { dir, repo } = arrange();
    const run = async (options: Options): Promise<string | undefined> =>
      (await on.run(dir, git(options), { step: { env: ENV } })).error;
    expect(await run({ repo: `file://${dir}/none`, dest: "clone" })).toMatch(
      /cannot bring about "version": fatal: .*none/,
    );
    expect(await run({ repo, dest: "clone", version: "0".repeat(40) })).toMatch(/not our ref|no such/i);
    expect(existsSync(join(dir, "clone"))).toBe(false);
    mkdirSync(join(dir, "clone"));
    writeFileSync(join(dir, "clone/mine"), "");
    expect(await run({ repo, dest: "clone" })).toMatch(
      /clone is in the way: it is no empty folder, and no clone/,
    );
    expect(
      await on.run(dir, git({ repo, dest: "x" }), { step: { env: { PATH: "/nowhere" } } }),
    ).toMatchObject({
      status: "failed",
    });
  });
});

test("git over SSH, with a key of its own and a server that was not known", async () => {
  const { dir, source } = arrange();
  const { address, port, user, privateKey } = on.host;
  const call = {
    repo: `ssh://${user}@${address}:${port}${source.path}`,
    dest: "clone",
    keyFile: privateKey,
    sshOptions: [`UserKnownHostsFile=${join(dir, "known")}`, "IdentityAgent=none"],
  };
  const unknown = await on.run(dir, git(call), { step: { env: ENV } });
  expect(unknown.error).toMatch(/cannot bring about "version": .*Host key verification failed/);
  await changes(dir, { ...call, acceptNewHostKey: true });
  expect(file(dir)).toBe("two");
});

test.each<[Options, RegExp]>([
  [{ repo: "--upload-pack=x", dest: "d" }, /option "repo": wanted an address/],
  [{ repo: "../x", dest: "d" }, /option "repo": wanted an address that git knows, or an absolute path/],
  [{ repo: "/x", dest: "~/d" }, /option "dest": ~ does not stand/],
  [{ repo: "/x", dest: "d", version: "-b" }, /option "version": wanted the name of a branch/],
  [{ repo: "/x", dest: "d", version: "a b" }, /option "version"/],
  [{ repo: "/x", dest: "d", depth: 0 }, /option "depth"/],
  [{ repo: "/x", dest: "d", bare: true, version: "main" }, /bare clones all branches and tags/],
  [
    { repo: "/x", dest: "d", submodules: false, trackSubmodules: true },
    /trackSubmodules requires submodules/,
  ],
  [{ repo: "/x", dest: "d", sshOptions: ["-v"] }, /option "sshOptions\[0\]": wanted an option of ssh/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), git(options))).rejects.toThrow(message);
});
