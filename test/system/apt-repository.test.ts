import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aptRepository } from "../../modules/index.ts";
import { onLab } from "./support/lab.ts";
import { changes, runOn } from "./support/on-lab-host.ts";

const HOST = "apt-repository";
const LISTS = "/etc/apt/sources.list.d";
const LOOK = `cat ${LISTS}/* 2>/dev/null; ls ${LISTS} /etc/apt/keyrings 2>/dev/null; apt-cache policy | grep -c signed || true`;

const home = mkdtempSync(join(tmpdir(), "rcm-gpg-"));
const gpg = (...args: readonly string[]): Buffer =>
  execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });

onLab("apt_repository", () => {
  beforeAll(async () => {
    // A repository that is really signed, beside the lab's own one.
    gpg("--passphrase", "", "--quick-gen-key", "lab <lab@localhost>", "ed25519", "sign", "never");
    gpg("--armor", "--output", join(home, "key.asc"), "--export");
    gpg("--output", join(home, "key.gpg"), "--export");
    await runOn(HOST, ["mkdir -p /srv/signed && cp /srv/rcm-apt/*.deb /srv/rcm-apt/Packages /srv/signed/"]);
    const [sums] = await runOn(HOST, [
      'cd /srv/signed && printf "Suite: signed\\nDate: %s\\nSHA256:\\n %s %s Packages\\n" "$(date -Ru | sed s/+0000/UTC/)" "$(sha256sum Packages | cut -d" " -f1)" "$(stat -c %s Packages)"',
    ]);
    const signed = execFileSync("gpg", ["--homedir", home, "--batch", "--clearsign"], {
      input: String(sums?.output),
      stdio: ["pipe", "pipe", "pipe"],
    }).toString();
    const key = readFileSync(join(home, "key.asc"), "utf8");
    await runOn(HOST, [
      `cat >/srv/signed/InRelease <<'EOF'\n${signed}EOF\ncat >/srv/signed/key <<'EOF'\n${key}EOF`,
      "apt-get -qq update",
    ]);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test("a line, named after its address, with a key as text; apt believes what it signed", async () => {
    const call = {
      repo: "deb file:/srv/signed ./",
      key: readFileSync(join(home, "key.asc"), "utf8"),
    } as const;
    const { result, seen } = await changes(HOST, aptRepository(call), LOOK);
    const file = "deb [signed-by=/etc/apt/keyrings/srv_signed.asc] file:/srv/signed ./\n";
    expect(result.changes).toMatchObject([
      { property: "key", was: "absent", want: "a key" },
      { property: "source", was: "", want: file, text: true },
      { property: "lists", was: "older than the sources" },
    ]);
    expect(seen).toContain(file);
    const [policy] = await runOn(HOST, [
      "apt-cache policy rcm-demo; stat -c %a /etc/apt/sources.list.d/*.list",
    ]);
    expect(policy?.output).toMatch(/file:\/srv\/signed[\s\S]*644\n$/);
    const absent = await changes(HOST, aptRepository({ ...call, state: "absent" }), LOOK);
    expect(absent.seen).not.toMatch(/srv_signed/);
  });

  test("deb822, with a local key file, by a name of its own", async () => {
    const call = {
      uris: "file:/srv/signed",
      suites: "./",
      architectures: ["amd64", "all"],
      trusted: false,
      enabled: true,
      filename: "mine.sources",
    } as const;
    const { seen } = await changes(HOST, aptRepository({ ...call, keyFile: join(home, "key.gpg") }), LOOK);
    expect(seen).toContain(
      "Enabled: yes\nTypes: deb\nURIs: file:/srv/signed\nSuites: ./\nArchitectures: amd64 all\nTrusted: no\nSigned-By: /etc/apt/keyrings/mine.gpg\n",
    );
    await changes(HOST, aptRepository({ ...call, keyFile: join(home, "key.gpg"), state: "absent" }), LOOK);
  });

  test("a key that the host fetches; another one does not do", async () => {
    const call = {
      repo: "deb file:/srv/signed ./",
      filename: "fetched",
      keyUrl: "file:/srv/signed/key",
    } as const;
    const wrong = await runOn(HOST, [
      aptRepository({ ...call, keySha256: "0".repeat(64) }),
      aptRepository({ ...call, keyUrl: "file:/srv/signed/Packages" }),
      aptRepository({ ...call, keyUrl: "file:/no/key" }),
      `ls ${LISTS} /etc/apt/keyrings`,
    ]);
    expect(wrong[0]?.error).toMatch(/cannot bring about "key": .*has the SHA-256 [0-9a-f]{64}, not/);
    expect(wrong[1]?.error).toMatch(/file:\/srv\/signed\/Packages gives is no OpenPGP key/);
    expect(wrong[2]?.error).toMatch(/cannot bring about "key"/);
    expect(wrong[3]?.output).not.toMatch(/fetched/);
    const { seen } = await changes(HOST, aptRepository(call), LOOK);
    expect(seen).toMatch(/signed-by=\/etc\/apt\/keyrings\/fetched.gpg/);
    await changes(HOST, aptRepository({ ...call, state: "absent" }), LOOK);
  });

  test("a source that cannot be fetched fails, also the next time; without updateCache nobody asks", async () => {
    const call = { repo: "deb [trusted=yes] file:/no/such ./", filename: "bad" } as const;
    const [first, second, absent, quiet] = await runOn(HOST, [
      aptRepository(call),
      aptRepository(call),
      aptRepository({ ...call, state: "absent" }),
      aptRepository({ ...call, updateCache: false }),
      `rm ${LISTS}/bad.list`,
    ]);
    for (const result of [first, second])
      expect(result?.error).toMatch(/cannot bring about "lists": .*no\/such/);
    expect([absent?.error, quiet?.message]).toEqual([undefined, "source"]);
  });
});
