import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/rcm.ts";
import { randomSecrets, tracesOf } from "../support/secrets.ts";
import { leftovers, onHost, onLab, sshArguments, theLab } from "./support/lab.ts";
import { PODMAN } from "./support/podman.ts";
import { Site } from "./support/site.ts";

const HOST = "secrets";
const SECRETS = randomSecrets(20);

const ARRANGE = `set -e; mkdir -p /srv/s /srv/www; cd /srv; echo served >www/file; echo old >replaced; mkdir app; echo a >app/a
tar -C app -czf app.tgz .; git -c init.defaultBranch=main init -q git; echo 1 >git/a; git -C git add a
git -C git -c user.email=a@b -c user.name=a commit -q -m first
systemd-run -q --unit rcm-web /bin/busybox httpd -f -p 8099 -h /srv/www
${PODMAN}`;

/** Prints each line of the list of processes once, and what of ours lies in the folders for temporary files. */
const WATCH = `rm -f /run/watched; echo watching; while [ ! -e /run/watched ]; do
grep -azH '' /proc/[0-9]*/cmdline | tr '\\n' ' '; find /tmp/.rcm* /var/tmp/.rcm* -printf '\\n<%y %m %U %f>\\n'; done 2>/dev/null | tr '\\0' '\\n' | awk '!seen[$0]++'`;

/** All in private folders; what a step's process is, and how it ended, is no secret. */
const PRIVATE = /^(?:d 700 (?:0|1000) .*|f 600 (?:0|1000) .*|f 644 (?:0|1000) .*\.(?:pid|rc|did))$/;

/** Watches the host while something runs. */
async function watched<T>(work: () => Promise<T>): Promise<readonly [result: T, seen: Buffer]> {
  const watch = spawn("ssh", [...sshArguments(HOST), WATCH], { stdio: ["ignore", "pipe", "inherit"] });
  const seen: Buffer[] = [];
  watch.stdout.on("data", (chunk: Buffer) => seen.push(chunk));
  const closed = new Promise((resolve) => watch.once("close", resolve));
  await eventually(() => seen.length > 0, "the watch has begun");
  const result = await work().finally(() => onHost(HOST, "touch /run/watched"));
  await closed;
  return [result, Buffer.concat(seen)];
}

function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((file) => join(file.parentPath, file.name));
  return new Map(paths.map((path) => [path, readFileSync(path)] as const));
}

/** Where there is anything of a secret, with what stands around it. */
function traces(places: ReadonlyMap<string, Buffer>): readonly string[] {
  return SECRETS.flatMap((secret) =>
    [...tracesOf(secret)].flatMap(([form, trace]) =>
      [...places].flatMap(([place, bytes]) => {
        const at = bytes.indexOf(trace);
        return at < 0 ? [] : [`${form} in ${place}: ${bytes.subarray(Math.max(0, at - 200), at + 100)}`];
      }),
    ),
  );
}

onLab("20 secrets through every module", () => {
  let site: Site;
  let flags: readonly string[];
  beforeAll(async () => {
    site = await Site.make({ host: { host: HOST, user: "admin" } });
    const file = await site.work.write("secrets.json", JSON.stringify(SECRETS));
    const address = theLab().hosts[HOST].address;
    flags = ["-b", "-vv", "--diff", "-e", `file=${file}`, "-e", `address=${address}`];
    await onHost(HOST, ARRANGE);
  }, 600_000);
  afterAll(async () => await site[Symbol.asyncDispose]());

  test.each(["plain", "ndjson"])(
    "in %s: not one byte of them anywhere",
    async (format) => {
      const run = site.start("secrets", ...flags, "--format", format);
      const [{ stdout, stderr, code }, seen] = await watched(async () => await run.ended);
      expect(code, stderr).toBe(0);
      const [id = ""] = readdirSync(join(site.work.state, "runs")).sort().reverse();
      const printed = async (...args: readonly string[]): Promise<Buffer> =>
        Buffer.from((await site.work.rcm(args)).stdout);
      const places = new Map<string, Buffer>([
        ["stdout", Buffer.from(stdout)],
        ["stderr", Buffer.from(stderr)],
        ["show as Markdown", await printed("show", id, "--format", "md")],
        ["show as an asciicast", await printed("show", id, "--format", "cast")],
        ["show as JSON", await printed("show", id, "--json")],
        ["logs", await printed("logs", id)],
        ["the host's logs", Buffer.from(await onHost(HOST, "journalctl -q --no-pager; cat /var/log/*log"))],
        ...filesBelow(site.work.state),
        ["the list of processes", seen],
      ]);
      expect(traces(places)).toEqual([]);
      expect(seen.toString()).toMatch(/cmdline:sudo\n/);
      expect(stdout.split("[REDACTED]").length).toBeGreaterThan(400);
      // Twenty options, from the arguments of a command to the message of a reboot, are refused each secret.
      if (format === "ndjson")
        expect(stdout.split("it holds the secret").length).toBeGreaterThan(20 * SECRETS.length);

      // What lay on the host meanwhile was private, and has gone.
      const modes = new Set(seen.toString().match(/(?<=\n<)[df] \d+ \d+ .*(?=>\n)/g));
      expect([...modes].filter((mode) => !PRIVATE.test(mode))).toEqual([]);
      expect([...modes].some((mode) => /^f 600 \d+ [0-9a-f]{64}$/.test(mode))).toBe(true);
      expect(await leftovers(HOST)).toEqual([]);
      expect(await onHost(HOST, "ls -A /var/tmp | grep rcm || :")).toBe("");
      const kept = await onHost(HOST, "cd /srv/s; for i in 1 3 5 19; do base64 -w0 copy$i; echo; done");
      expect(
        kept
          .trim()
          .split("\n")
          .map((line) => Buffer.from(line, "base64").toString()),
      ).toEqual([1, 3, 5, 19].map((i) => SECRETS[i]));
    },
    900_000,
  );
});
