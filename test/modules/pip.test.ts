import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pip } from "../../modules/index.ts";
import type { Result } from "../../src/index.ts";
import { runSteps } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const on = stage();

type Options = Parameters<typeof pip>[0];

const PYTHON = findPython();

/** A Python that can make virtual environments with a pip in them: Debian's own wants python3-venv for it. */
function findPython(): string | undefined {
  for (const name of ["/usr/bin/python3", "python3"]) {
    try {
      const code = "import ensurepip, sys, venv; print(sys.executable)";
      return execFileSync(name, ["-c", code], { encoding: "utf8", stdio: "pipe" }).trim();
    } catch {}
  }
  return undefined;
}

/** Makes wheels that pip takes: a module, and its metadata. */
const WHEEL = `
import sys, zipfile
folder, name, version, *needs = sys.argv[1:]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", f"version = '{version}'\\n")
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n" + "".join(f"Requires-Dist: {n}\\n" for n in needs))
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: rcm\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

function wheel(folder: string, name: string, version: string, ...needs: readonly string[]): void {
  execFileSync(PYTHON ?? "", ["-c", WHEEL, folder, name, version, ...needs]);
}

function arrange(): { readonly dir: string; readonly base: Options } {
  const dir = on.dir();
  mkdirSync(join(dir, "wheels"));
  for (const version of ["1.0", "1.5"]) wheel(join(dir, "wheels"), "rcm_demo", version);
  wheel(join(dir, "wheels"), "rcm_more", "1.0", "rcm_demo>=1.5");
  return {
    dir,
    base: {
      virtualenv: "venv",
      virtualenvCommand: `${PYTHON} -m venv`,
      extraArgs: ["--no-index", `--find-links=${dir}/wheels`],
    },
  };
}

const installed = (dir: string): string =>
  existsSync(join(dir, "venv"))
    ? execFileSync(join(dir, "venv/bin/pip"), ["freeze"], { encoding: "utf8", stdio: "pipe" })
        .trim()
        .replaceAll(/ @ file\S+-(\d[^-]*)-py3\S+/g, "==$1")
        .replaceAll("_", "-")
        .split("\n")
        .join(" ")
    : "none";

async function changes(dir: string, options: Options): Promise<Result> {
  const before = installed(dir);
  const dry = await on.run(dir, pip(options), { mode: "check" });
  expect([dry.error, dry.status, installed(dir)]).toEqual([undefined, "changed", before]);
  const real = await on.run(dir, pip(options));
  expect(real.error).toBeUndefined();
  expect(real.changes[0]).toEqual(dry.changes[0]);
  expect(await on.run(dir, pip(options))).toMatchObject({ status: "ok", changes: [], roundTrips: 1 });
  return real;
}

// Making a virtual environment takes Python seconds, and pip a second for each look.
describe.skipIf(PYTHON === undefined)("pip in a virtual environment", { timeout: 600_000 }, () => {
  test("makes the environment, installs, upgrades and removes", async () => {
    const { dir, base } = arrange();
    const first = await changes(dir, { ...base, name: "rcm-demo==1.0" });
    expect(first.message).toMatch(
      /^virtualenv: absent → present, packages: not installed: rcm[-_]demo-1.0 → installed$/,
    );
    expect(installed(dir)).toBe("rcm-demo==1.0");
    const [present, latest, older, more] = await runSteps(
      on.host,
      [
        pip({ ...base, name: "rcm_demo" }),
        pip({ ...base, name: "rcm-demo", state: "latest" }),
        pip({ ...base, name: "rcm-demo", version: "1.0" }),
        pip({ ...base, name: "rcm_more" }),
      ],
      { step: { cwd: dir } },
    );
    expect([present?.status, older?.status, more?.status]).toEqual(["ok", "changed", "changed"]);
    expect(latest?.message).toMatch(/^packages: not installed: rcm[-_]demo-1.5 → installed$/);
    expect(installed(dir)).toBe("rcm-demo==1.5 rcm-more==1.0");
    const absent = await changes(dir, { ...base, name: ["Rcm.Demo", "no-such"], state: "absent" });
    expect(absent.message).toMatch(/^packages: rcm[-_]demo → absent$/);
    expect(installed(dir)).toBe("rcm-more==1.0");
  });

  test("requirements, and a wheel by its path", async () => {
    const { dir, base } = arrange();
    writeFileSync(join(dir, "requirements.txt"), "# two\nrcm_more\nrcm_demo>=1,<2\n");
    await changes(dir, { ...base, requirements: "requirements.txt" });
    expect(installed(dir)).toBe("rcm-demo==1.5 rcm-more==1.0");
    const file = pip({ ...base, name: `${dir}/wheels/rcm_more-1.0-py3-none-any.whl` });
    const results = await runSteps(
      on.host,
      [pip({ ...base, name: "rcm_more", state: "absent" }), file, file],
      { step: { cwd: dir } },
    );
    expect(results.map(({ status, error }) => error ?? status)).toEqual(["changed", "changed", "ok"]);
    expect(installed(dir)).toBe("rcm-demo==1.5 rcm-more==1.0");
  });

  test("says why it failed", async () => {
    const { dir, base } = arrange();
    const error = async (options: Options): Promise<string> =>
      (await on.run(dir, pip({ ...base, ...options }))).error ?? "";
    expect(await error({ name: "no-such" })).toMatch(
      /cannot bring about "packages": .*No matching distribution found for no-such/,
    );
    expect(await error({ name: "no-such", state: "latest" })).toMatch(
      /cannot find out "packages": ERROR: No matching/,
    );
    expect(await error({ requirements: "none.txt" })).toMatch(/cannot bring about "packages": .*none.txt/);
    const lonely = { name: "x", virtualenv: "other", virtualenvCommand: "false" };
    expect(await error(lonely)).toMatch(/cannot make the virtual environment with false: is it installed/);
  });
});

test("no pip on the host: a dry run goes on, since it may come before", async () => {
  const dir = on.dir();
  const call = pip({ name: "flask", executable: "no-such-pip" });
  expect((await on.run(dir, call, { mode: "check" })).message).toBe("packages: not installed → installed");
  expect((await on.run(dir, call)).error).toBe(
    'cannot bring about "packages": there is no no-such-pip on the host (Debian: python3-pip)',
  );
});

test.each<[Options, RegExp]>([
  [{}, /wanted exactly one of name and requirements/],
  [{ name: "a", requirements: "r" }, /wanted exactly one of name and requirements/],
  [{ name: "-r x" }, /option "name": wanted a requirement/],
  [{ name: "-x", state: "absent" }, /option "name": wanted a requirement/],
  [{ name: "./src" }, /only wheels \(.whl\) will do/],
  [{ name: ["a", "b"], version: "1" }, /version goes with a single name/],
  [{ name: "a==1", version: "1" }, /version goes with a single name that says no version itself/],
  [{ name: "a==1", state: "absent" }, /the state absent wants names without versions/],
  [{ requirements: "r", state: "absent" }, /the state absent wants names alone/],
  [{ name: "a", version: "1", state: "latest" }, /version and the state latest exclude each other/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), pip(options))).rejects.toThrow(message);
});
