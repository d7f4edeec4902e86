import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { brew } from "../../modules/index.ts";
import type { Result } from "../../src/index.ts";
import { stage } from "./stage.ts";

const on = stage();

type Options = Parameters<typeof brew>[0];

/**
 * A brew that keeps its state as files: `formula` and `cask` hold a file with the version for each package, `taps` one
 * for each tap. The newest version of everything is 2. It knows nothing but the command lines that the module uses, and
 * fails for others; how the real one behaves it does not prove.
 */
const BREW = `
S=$(dirname "$0")/../state; linked=$S/prefix/var/homebrew/linked
kind() { case $1 in --cask) K=cask ;; --formula) K=formula ;; *) echo "unknown kind $1" >&2; exit 9 ;; esac; }
name() { for N; do :; done; }
name "$@"
case $1 in
tap)
  if [ $# = 1 ]; then for t in "$S"/taps/*; do [ -e "$t" ] && basename "$t" | tr : /; done; exit 0; fi
  echo "$3" >"$S/taps/$(printf %s "$2" | tr / :)" ;;
untap) rm "$S/taps/$(printf %s "$2" | tr / :)" ;;
list) [ "$2" = --versions ] || exit 9; kind "$3"; [ -e "$S/$K/$N" ] && echo "$N $(cat "$S/$K/$N")" ;;
outdated)
  [ "$2" = --quiet ] || exit 9
  if [ $# = 2 ]; then for p in "$S"/formula/* "$S"/cask/*; do [ ! -e "$p" ] || [ "$(cat "$p")" = 2 ] || basename "$p"; done; exit 0; fi
  kind "$3"; [ "$(cat "$S/$K/$N")" = 2 ] || echo "$N" ;;
install)
  kind "$2"; case $N in none) echo 'Error: No available formula with the name "none".' >&2; exit 1 ;; esac
  echo 2 >"$S/$K/$N"; : >"$linked/$N" ;;
upgrade) if [ $# = 1 ]; then for p in "$S"/formula/* "$S"/cask/*; do [ ! -e "$p" ] || echo 2 >"$p"; done; else kind "$2"; echo 2 >"$S/$K/$N"; fi ;;
uninstall) kind "$2"; rm "$S/$K/$N"; rm -f "$linked/$N" ;;
--prefix) echo "$S/prefix" ;;
link) : >"$linked/$N" ;;
unlink) rm "$linked/$N" ;;
*) echo "unknown command $*" >&2; exit 9 ;;
esac || exit
case "$1 $HOMEBREW_NO_AUTO_UPDATE" in install*|upgrade*) echo "$* update=$HOMEBREW_NO_AUTO_UPDATE" >>"$S/calls" ;; esac
`;

function arrange(): { readonly dir: string; readonly path: string } {
  const dir = on.dir();
  for (const folder of [
    "bin",
    "state/formula",
    "state/cask",
    "state/taps",
    "state/prefix/var/homebrew/linked",
  ])
    mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, "bin/brew"), `#!/bin/sh\n${BREW}`);
  chmodSync(join(dir, "bin/brew"), 0o755);
  writeFileSync(join(dir, "state/formula/old"), "1\n");
  return { dir, path: `${join(dir, "bin")}:${process.env.PATH}` };
}

function state(dir: string, kind: string): string {
  const folder = join(dir, "state", kind);
  return readdirSync(folder)
    .map((name) => `${name} ${readFileSync(join(folder, name), "utf8").trim()}`.trim())
    .join(", ");
}

async function changes({ dir, path }: ReturnType<typeof arrange>, options: Options): Promise<Result> {
  const step = { env: { PATH: path } };
  const all = (): string =>
    ["formula", "cask", "taps", "prefix/var/homebrew/linked"].map((kind) => state(dir, kind)).join("; ");
  const before = all();
  const dry = await on.run(dir, brew(options), { mode: "check", step });
  expect([dry.error, dry.status, all()]).toEqual([undefined, "changed", before]);
  const real = await on.run(dir, brew(options), { step });
  expect(real.error).toBeUndefined();
  expect(real.changes[0]).toEqual(dry.changes[0]);
  expect(await on.run(dir, brew(options), { step })).toMatchObject({
    status: "ok",
    changes: [],
    roundTrips: 1,
  });
  return real;
}

test("formulae: present, latest, absent", async () => {
  const at = arrange();
  const present = await changes(at, { name: ["old", "new"], installOptions: ["--HEAD"], autoUpdate: false });
  expect(present.changes).toEqual([
    {
      property: "packages",
      was: "old present\nnew absent\n",
      want: "old present\nnew present\n",
      text: true,
    },
  ]);
  expect(state(at.dir, "formula")).toBe("new 2, old 1");
  expect(readFileSync(join(at.dir, "state/calls"), "utf8")).toBe("install --formula --HEAD new update=1\n");
  expect((await changes(at, { name: "old", state: "latest" })).message).toBe("packages: old 1 → old latest");
  expect(state(at.dir, "formula")).toBe("new 2, old 2");
  await changes(at, { name: ["old", "none"], state: "absent" });
  expect(state(at.dir, "formula")).toBe("new 2");
});

test("casks, taps and links", async () => {
  const at = arrange();
  await changes(at, { name: "app", cask: true, tap: "Me/Tap", tapUrl: "https://git.example.com/tap" });
  expect([state(at.dir, "cask"), state(at.dir, "taps")]).toEqual([
    "app 2",
    "me:tap https://git.example.com/tap",
  ]);
  writeFileSync(join(at.dir, "state/cask/app"), "1\n");
  await changes(at, { name: "app", cask: true, state: "latest", greedy: true });
  expect(state(at.dir, "cask")).toBe("app 2");
  await changes(at, { tap: "me/tap", state: "absent" });
  expect(state(at.dir, "taps")).toBe("");
  await changes(at, { name: "old", state: "linked" });
  expect(state(at.dir, "prefix/var/homebrew/linked")).toMatch(/old/);
  await changes(at, { name: "old", state: "unlinked" });
  expect(state(at.dir, "prefix/var/homebrew/linked")).not.toMatch(/old/);
});

test("upgrades everything", async () => {
  const at = arrange();
  const { changes: seen } = await changes(at, { upgradeAll: true });
  expect(seen[0]).toMatchObject({ was: "old\n", want: "" });
  expect(state(at.dir, "formula")).toBe("old 2");
});

test("says why it failed", async () => {
  const { dir, path } = arrange();
  const unknown = await on.run(dir, brew({ name: "none" }), { step: { env: { PATH: path } } });
  expect(unknown.error).toMatch(
    /cannot bring about "packages": Error: No available formula with the name "none"/,
  );
});

test.skipIf(["/opt/homebrew", "/usr/local/bin/brew", "/home/linuxbrew"].some(existsSync))(
  "no brew on the host: a dry run goes on, since it may come before",
  async () => {
    const call = brew({ name: "git" });
    expect((await on.run(on.dir(), call, { mode: "check" })).status).toBe("changed");
    expect((await on.run(on.dir(), call)).error).toBe(
      'cannot bring about "packages": there is no brew on the host: see https://brew.sh',
    );
  },
);

test.each<[Options, RegExp]>([
  [{}, /nothing to do: wanted name, tap or upgradeAll/],
  [{ name: "--x" }, /option "name": wanted a formula or cask/],
  [{ tap: "x" }, /option "tap": wanted a tap such as "me\/tap"/],
  [{ tap: ["a/b", "c/d"], tapUrl: "https://x" }, /tapUrl goes with a single tap/],
  [{ name: "x", greedy: true }, /greedy goes with casks/],
  [{ name: "x", cask: true, state: "linked" }, /casks are not linked/],
  [{ name: "x", installOptions: ["HEAD"] }, /wanted an option such as --HEAD/],
])("refuses %j", async (options, message) => {
  await expect(on.run(on.dir(), brew(options))).rejects.toThrow(message);
});
