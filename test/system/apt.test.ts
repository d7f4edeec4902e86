import { spawn } from "node:child_process";
import { once } from "node:events";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { apt } from "../../modules/index.ts";
import type { ModuleCall, Result } from "../../src/index.ts";
import { onLab, sshArguments } from "./support/lab.ts";
import { changes, type LabOptions, runOn } from "./support/on-lab-host.ts";

const HOST = "apt";
/** Says to the apt beside rcm that it may go on. */
const GO = "/run/rcm-go";
const GET = "DEBIAN_FRONTEND=noninteractive apt-get -qq -y --allow-downgrades";
/** The lab's packages that dpkg knows of, and what has become of them. */
const KNOWN =
  "dpkg-query -W -f '$''{Package} $''{Version} $''{db:Status-Status};' 'rcm-*' 2>/dev/null | sed 's/ installed;/; /g'";
const PURGE = `apt-mark unhold 'rcm-*' >/dev/null 2>&1; for p in $(dpkg-query -W -f '$''{Package} ' 'rcm-*' 2>/dev/null); do dpkg --purge --force-all $p >/dev/null 2>&1; done; true`;

const on = async (...steps: ReadonlyArray<ModuleCall | string>): Promise<readonly Result[]> =>
  await runOn(HOST, steps);
const seenBy = async (call: ModuleCall, look: string = KNOWN, options: LabOptions = {}) =>
  await changes(HOST, call, look, options);
const texts = (results: readonly Result[]): string[] =>
  results.map(({ output, error }) => error ?? String(output ?? "").trim());

onLab("apt", () => {
  beforeAll(async () => {
    await on("apt-get -qq update");
  });
  beforeEach(async () => {
    await on(PURGE);
  });

  test("installs a package, and leaves its version alone when another one is installed", async () => {
    const { result, seen } = await seenBy(apt({ name: "rcm-demo" }));
    expect(result.changes).toEqual([
      { property: "packages", was: "rcm-demo absent", want: "rcm-demo present", text: false },
    ]);
    expect(result.message).toBe("packages: rcm-demo absent → rcm-demo present");
    expect(seen).toBe("rcm-demo 2.0;");
    const [, , both, virtual, after] = await on(
      `${GET} install rcm-demo=1.0`,
      apt({ name: "rcm-demo" }),
      apt({ name: ["rcm-demo", "rcm-conf"] }),
      apt({ name: ["awk", "dpkg", "libc6:amd64"] }),
      KNOWN,
    );
    expect([both?.status, virtual?.status, after?.output]).toEqual([
      "changed",
      "ok",
      "rcm-conf 2.0; rcm-demo 1.0; ",
    ]);
  });

  test("several at once, with what they depend on; the diff has a line for each", async () => {
    const { result, seen } = await seenBy(apt({ name: ["rcm-meta", "rcm-svc"] }));
    expect(result.changes).toEqual([
      {
        property: "packages",
        was: "rcm-meta absent\nrcm-svc absent\n",
        want: "rcm-meta present\nrcm-svc present\n",
        text: true,
      },
    ]);
    expect(seen).toBe("rcm-conf 2.0; rcm-demo 2.0; rcm-meta 1.0; rcm-svc 1.0;");
  });

  test("a version, exactly or how it begins; down only where that is allowed", async () => {
    expect((await seenBy(apt({ name: "rcm-demo=1.0" }))).seen).toBe("rcm-demo 1.0;");
    const { result } = await seenBy(apt({ name: "rcm-demo=2*" }));
    expect(result.message).toBe("packages: rcm-demo 1.0 → rcm-demo 2*");
    const [refused, , after] = await on(
      apt({ name: "rcm-demo=1.1" }),
      apt({ name: "rcm-demo=1.1", allowDowngrade: true }),
      KNOWN,
    );
    expect(refused?.error).toMatch(
      /cannot bring about "packages": .*E: Packages were downgraded .*\(set allowDowngrade\)/,
    );
    expect(after?.output).toBe("rcm-demo 1.1; ");
  });

  test("the latest version, and with onlyUpgrade nothing new", async () => {
    await on(`${GET} install rcm-demo=1.0`);
    const call = { name: ["rcm-demo", "rcm-conf"], state: "latest" } as const;
    const { result, seen } = await seenBy(apt({ ...call, onlyUpgrade: true }));
    expect(result.changes[0]?.was).toBe("rcm-demo 1.0 (2.0 is available)\nrcm-conf latest\n");
    expect(seen).toBe("rcm-demo 2.0;");
    expect((await seenBy(apt(call))).seen).toBe("rcm-conf 2.0; rcm-demo 2.0;");
  });

  test("removes packages; purge takes the configuration files, autoremove what nothing needs", async () => {
    await on(`${GET} install rcm-meta`);
    const { seen } = await seenBy(apt({ name: ["rcm-meta", "no-such-package"], state: "absent" }));
    expect(seen).toBe("rcm-conf 2.0; rcm-demo 2.0;");
    const auto = await seenBy(apt({ autoremove: true }));
    expect(auto.result.changes[0]?.was).toBe("remove rcm-conf\nremove rcm-demo\n");
    expect(auto.seen).toBe("rcm-conf 2.0 config-files;");
    const purged = await seenBy(apt({ name: "rcm-conf", state: "absent", purge: true }));
    expect(purged.result.message).toBe("packages: rcm-conf config-files → rcm-conf absent");
    expect(purged.seen).toBe("");
  });

  test("upgrades everything", async () => {
    await on(`${GET} install rcm-demo=1.0 rcm-conf=1.0`);
    const { result, seen } = await seenBy(apt({ upgrade: "safe" }));
    expect(result.changes[0]?.was).toBe("upgrade rcm-conf 1.0 to 2.0\nupgrade rcm-demo 1.0 to 2.0\n");
    expect(seen).toBe("rcm-conf 2.0; rcm-demo 2.0;");
    const [, full, after] = await on(`${GET} install rcm-demo=1.0`, apt({ upgrade: "full" }), KNOWN);
    expect([full?.status, after?.output]).toEqual(["changed", "rcm-conf 2.0; rcm-demo 2.0; "]);
  });

  test("keeps edited configuration files, unless dpkg is told otherwise", async () => {
    const edit = `${GET} purge rcm-conf; ${GET} install rcm-conf=1.0 && echo mine >/etc/rcm-conf.conf`;
    const look = "cat /etc/rcm-conf.conf";
    const call = { name: "rcm-conf=2.0" } as const;
    const results = await on(
      edit,
      apt(call),
      look,
      edit,
      apt({ ...call, dpkgOptions: ["force-confnew"] }),
      look,
    );
    expect(texts([results[2]!, results[5]!])).toEqual(["mine", "version=2.0"]);
  });

  test("puts packages on hold, and changes those that it holds itself", async () => {
    const marks = `${KNOWN}; apt-mark showhold`;
    await on(`${GET} install rcm-demo=1.0`);
    expect((await seenBy(apt({ name: "rcm-demo", hold: true }), marks)).seen).toBe("rcm-demo 1.0; rcm-demo");
    const results = await on(
      apt({ name: "rcm-demo=2.0" }),
      apt({ name: "rcm-demo=1.1", allowChangeHeldPackages: true }),
      marks,
      apt({ name: "rcm-demo=2.0", hold: true }),
      marks,
      apt({ name: "rcm-demo", hold: false }),
      marks,
    );
    const [refused, , changed, , own, , free] = texts(results);
    expect(refused).toMatch(/Held packages were changed .*\(set allowChangeHeldPackages\)/);
    expect([changed, own, free]).toEqual(["rcm-demo 1.1;", "rcm-demo 2.0; rcm-demo", "rcm-demo 2.0;"]);
  });

  test("installs a package file with what it depends on", async () => {
    await on("cp /srv/rcm-apt/rcm-meta_1.0_all.deb /srv/rcm-apt/rcm-demo_1.*.deb /root/");
    const { result, seen } = await seenBy(apt({ deb: "/root/rcm-meta_1.0_all.deb" }));
    expect(result.message).toBe("deb: rcm-meta absent → installed");
    expect(seen).toBe("rcm-conf 2.0; rcm-demo 2.0; rcm-meta 1.0;");
    const [, older, missing] = await runOn(
      HOST,
      [
        "dpkg --remove rcm-meta",
        apt({ deb: "rcm-demo_1.1_all.deb", allowDowngrade: true }),
        apt({ deb: "none.deb" }),
      ],
      { step: { cwd: "/root" } },
    );
    expect(older?.message).toBe("deb: rcm-demo 2.0 instead of 1.1 → installed");
    expect(missing?.error).toBe('cannot bring about "deb": there is no file ./none.deb');
  });

  test("fetches the package lists when they are too old, or older than the sources", async () => {
    const lists = "stat -c %y /var/lib/apt/lists";
    const age = (time: string): string =>
      `touch -d '${time}' /var/lib/apt/lists /etc/apt/sources.list /etc/apt/sources.list.d`;
    await on(age("2 hours ago"));
    const [dry] = await runOn(HOST, [apt({ cacheValidTime: "1h" })], { mode: "check" });
    expect(dry?.message).toMatch(/^lists: 72\d\d s old → fresh$/);
    const results = await on(
      apt({ cacheValidTime: "1h" }),
      apt({ cacheValidTime: "1h" }),
      lists,
      `${age("1 minute ago")}; touch /etc/apt/sources.list`,
      apt({ updateCache: true }),
      "rm -rf /var/lib/apt/lists/*_*",
      apt({ name: "rcm-conf", updateCache: true }),
      age("1 minute ago"),
      apt({ updateCache: true, cacheValidTime: 0 }),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "changed",
      "ok",
      "changed",
      "changed",
      "changed",
      "changed",
      "changed",
      "changed",
      "changed",
    ]);
    expect(results[4]?.message).toBe("lists: older than the sources → fresh");
    expect(results[6]?.message).toBe("lists: missing → fresh, packages: rcm-conf absent → rcm-conf present");
  });

  test("a source that cannot be fetched is an error", async () => {
    const list = "/etc/apt/sources.list.d/bad.list";
    const [, refused] = await on(
      `echo 'deb [trusted=yes] file:/no/such ./' >${list}`,
      apt({ updateCache: true }),
      `rm ${list}`,
    );
    expect(refused?.error).toMatch(/cannot bring about "lists": .*\/no\/such/);
  });

  test("deletes stored package files", async () => {
    const stored = "ls /var/cache/apt/archives";
    await on("cp /srv/rcm-apt/rcm-demo_1.0_all.deb /var/cache/apt/archives/rcm-gone_0.1_all.deb");
    const { result } = await seenBy(apt({ autoclean: true }), stored);
    expect(result.changes[0]?.was).toBe("delete rcm-gone 0.1\n");
    await on("cp /srv/rcm-apt/rcm-demo_1.0_all.deb /var/cache/apt/archives/");
    expect((await seenBy(apt({ clean: true }), stored)).result.message).toBe("stored: 1 files → 0 files");
  });

  test("takes packages from the wanted release, and says why something could not be installed", async () => {
    const results = await on(
      apt({ name: "rcm-demo", state: "latest", defaultRelease: "lab", installRecommends: false }),
      apt({ name: "rcm-conf", defaultRelease: "no-such-release" }),
      apt({ name: "rcm-broken" }),
      "dpkg --purge --force-all rcm-broken",
      apt({ name: "rcm-unmet" }),
      apt({ name: "no-such-thing" }),
    );
    const [, release, broken, , unmet, unknown] = texts(results);
    expect(results[0]?.status).toBe("changed");
    expect(release).toMatch(/no-such-release.* is invalid/);
    expect(broken).toMatch(
      /cannot bring about "packages": .*rcm-broken: cannot configure.*error exit status 7/,
    );
    expect(unmet).toMatch(/rcm-unmet : Depends: no-such-package/);
    expect(unknown).toMatch(/Unable to locate package no-such-thing .*updateCache/);
    const [unprivileged] = await runOn(HOST, [apt({ name: "rcm-conf" })], { user: "admin" });
    expect(unprivileged?.error).toMatch(/apt needs root: set become/);
  });

  test("waits for whoever holds dpkg's lock, as long as it may", async () => {
    const { ended } = await holdLock();
    const [late, , waited] = await on(
      apt({ name: "rcm-demo", lockTimeout: "1s" }),
      `touch ${GO}`,
      apt({ name: "rcm-demo", lockTimeout: "1m" }),
    );
    await ended;
    expect(late?.error).toMatch(/another program holds the lock, and still did after 1 s: E: .*lock/);
    expect(waited?.error).toBeUndefined();
    expect(texts(await on(KNOWN))).toEqual(["rcm-demo 2.0; rcm-slow 1.0;"]);
  });
});

/** Starts an apt beside rcm that goes on when the file GO is there, and returns as soon as it has the lock. */
async function holdLock(): Promise<{ readonly ended: Promise<unknown> }> {
  const held = `${GO}-held`; // an inode of an overlay has another number in /proc/locks
  const wait = `-o 'DPkg::Pre-Invoke::=touch ${held}; until [ -e ${GO} ]; do sleep 0.05; done'`;
  const script = `rm -f ${GO} ${held}; ${GET} ${wait} install rcm-slow >/dev/null 2>&1 & until [ -e ${held} ] || ! kill -0 $!; do sleep 0.05; done; echo held; wait`;
  const child = spawn("ssh", [...sshArguments(HOST), script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  return { ended };
}
