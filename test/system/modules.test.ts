import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import * as modules from "../../modules/index.ts";
import { dockerRun } from "../../src/flow/tasks/docker-run.ts";
import { onHost, onLab } from "./support/lab.ts";
import { runOn } from "./support/on-lab-host.ts";
import { PODMAN } from "./support/podman.ts";
import { REPO_AND_WHEEL } from "./support/repo-and-wheel.ts";
import { type Run, Site } from "./support/site.ts";
import { keepTree, treeSince } from "./support/tree.ts";

const HOST = "modules";

/** Modules that the runbook does without. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  brew: "Homebrew cannot be had without a network",
};

/** Steps that act each time, or are to fail, whatever the host is like. */
const BY_NATURE: Readonly<Record<string, string>> = {
  bash: "nobody knows what a script does: it counts as a change unless creates or changedWhen says otherwise",
  "command that always acts": "the same",
  fail: "it is to fail",
  reboot: "the first run reboots; later ones skip it",
};

/** What is done to the host for each module that has state, and what a plan says of it. */
const TAMPERED: Readonly<Record<string, readonly [command: string, says: ReadonlyArray<string | RegExp>]>> = {
  apt: [
    "apt-get -qq install -y rcm-demo=2.0 >/dev/null 2>&1",
    ["lists: older than the sources → fresh", "packages"],
  ],
  apt_repository: [
    "echo '# more' >>/etc/apt/sources.list.d/own.sources",
    ["source", "lists: older than the sources → fresh"],
  ],
  package: ["dpkg --purge rcm-conf >/dev/null 2>&1", ["packages: rcm-conf absent → rcm-conf present"]],
  pip: ["/opt/venv/bin/pip uninstall -qqy rcm_demo", ["packages: not installed: rcm_demo-1.0 → installed"]],
  git: ["git -C /srv/git commit -q --allow-empty -m second", [/^version: \w+ \(HEAD is \w+\) → HEAD$/]],
  file: ["chmod 700 /srv/made", ["mode: 0700 → 0750"]],
  copy: ["echo a=2 >/etc/rcm/copy.conf", ["content"]],
  template: ["chown dev /etc/rcm/template.conf; echo more >>/etc/rcm/template.conf", ["content"]],
  lineinfile: ["sed -i s/2/3/ /etc/rcm/lines", ["text"]],
  blockinfile: ["sed -i s/y/z/ /etc/rcm/block", ["text"]],
  replace: ["echo old >>/srv/replaced", ["text"]],
  ini_file: ["sed -i /b/d /etc/rcm/app.ini", ["text"]],
  unarchive: [
    "rm /opt/app/b",
    ["content: 1 of 2 entries are not as in /srv/app.tgz: b → as in /srv/app.tgz"],
  ],
  fetch: ["echo other >/srv/fetched", []],
  hostname: ["hostname other", ["running: other → proof"]],
  group: ["groupmod -g 4999 team", ["gid: 4999 → 4321"]],
  user: ["usermod -s /bin/sh ann", ["shell: /bin/sh → /bin/dash"]],
  authorized_key: ["echo >/home/ann/.ssh/authorized_keys", ["keys"]],
  cron: ["crontab -u dev -l | sed 's/3/4/' | crontab -u dev -", ["crontab"]],
  sysctl: ["sysctl -qw net.ipv4.ip_local_port_range='1025 2000'", ["value: 1025 2000 → 20000 60000"]],
  mount: ["umount /mnt/t", ["mount: not mounted → mounted", "options:  → nosuid"]],
  systemd: ["systemctl disable -q rcm-web", ["enabled: disabled → enabled"]],
  service: ["systemctl stop rcm-svc", ["state: inactive → active"]],
  docker_container: ["podman stop -t 0 box >/dev/null", ["running: stopped → started"]],
  get_url: ["echo other >/opt/got", [/^content: sha256 \w+… → as on the server$/]],
  command: ["rm /srv/touched", []],
};

/** What the steps find on the host. */
const ARRANGE = `set -e
runuser -u admin -- sudo true # it notes in a home directory that it was used there
cd /srv; printf old >replaced; echo fetched >fetched; mkdir www own; echo served >www/file
cp /srv/rcm-apt/*.deb /srv/rcm-apt/Packages own/; mkdir app; echo a >app/a; echo b >app/b; tar -C app -czf app.tgz .
${REPO_AND_WHEEL}
${PODMAN}`;

const matching = (line: string | RegExp): unknown =>
  typeof line === "string" ? line : expect.stringMatching(line);

onLab("every module on a booted Debian 12", () => {
  let site: Site;
  let flags: readonly string[];
  const changesOf = (run: Run): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(Object.entries(run.differences("host")).filter(([step]) => !(step in BY_NATURE)));

  beforeAll(async () => {
    site = await Site.make({ host: { host: HOST, user: "admin" } });
    flags = ["-b", "-e", `here=${site.work.path("fetched")}`];
    await onHost(HOST, ARRANGE);
    return async () => await site[Symbol.asyncDispose]();
  }, 600_000);

  test("stands in the runbook", () => {
    const runbook = readFileSync(new URL("runbooks/modules.ts", import.meta.url), "utf8");
    const names = Object.values(modules).map(({ definition }) => definition.name);
    const without = names.filter(
      (name) => !runbook.includes(`step("${name}"`) && !runbook.includes(`step(\n    "${name}"`),
    );
    expect(without).toEqual(Object.keys(LEFT_OUT));
    expect(Object.keys(TAMPERED).filter((name) => !names.includes(name))).toEqual([]);
  });

  test("is planned on a fresh host without touching it, does its work, and then has nothing to do", async () => {
    await keepTree(HOST, "fresh");
    const plan = await site.plan("modules", ...flags);
    expect(plan.code, plan.report).toBe(0);
    expect(await treeSince(HOST, "fresh")).toBe("");

    const first = await site.apply("modules", ...flags, "-e", "reboot=true");
    expect(first.code, first.report).toBe(0);
    // The service runs as soon as its package is there.
    const made = Object.keys(TAMPERED).filter((step) => step !== "service");
    expect(Object.keys(first.differences("host"))).toEqual(expect.arrayContaining(made));
    const second = await site.apply("modules", ...flags);
    expect(second.code, second.report).toBe(0);
    expect(changesOf(second)).toEqual({});
    expect(second.result("host", "fail").status).toBe("failed");
  }, 600_000);

  test("is planned again just where something was tampered with, and mends that", async () => {
    await keepTree(HOST, "done");
    const none = await site.plan("modules", ...flags);
    expect(none.code, none.report).toBe(0);
    expect(changesOf(none)).toEqual({});
    expect(await treeSince(HOST, "done")).toBe("");

    for (const [command] of Object.values(TAMPERED)) await onHost(HOST, command);
    await keepTree(HOST, "tampered");
    const plan = await site.plan("modules", ...flags);
    expect(plan.code, plan.report).toBe(0);
    expect(changesOf(plan)).toEqual(
      Object.fromEntries(Object.entries(TAMPERED).map(([step, [, says]]) => [step, says.map(matching)])),
    );
    expect(await treeSince(HOST, "tampered")).toBe("");

    const mended = await site.apply("modules", ...flags);
    expect(mended.code, mended.report).toBe(0);
    // What hangs together is mended at one stroke: a file system that is mounted has its options.
    expect(Object.keys(changesOf(mended))).toEqual(Object.keys(changesOf(plan)));
    expect(changesOf(await site.apply("modules", ...flags))).toEqual({});
  }, 600_000);

  test("a container has the variables that it was given", async () => {
    expect(await onHost(HOST, "podman exec box env | grep -A1 -E '^(A|B|EMPTY)='")).toContain(
      'A=two\n "lines"\'s',
    );
    const env = await onHost(
      HOST,
      "podman inspect box --format '{{ json .Config.Env }} {{ json .Config.Labels }}'",
    );
    expect(env).toContain(`"B=it's $HOME"`);
    expect(env).toContain(`"EMPTY="`);
    expect(env).toContain(`"team":"it's a"`);
  });

  test("docker_run runs a container to its end, gives what it printed, and leaves none behind", async () => {
    const inside = {
      image: "localhost/box:1",
      entrypoint: "/bin/sh",
      volumes: { "/srv/www": { bind: "/in", mode: "ro" } },
    } as const;
    const [ran, failed] = await runOn(HOST, [
      dockerRun({
        ...inside,
        command: [
          "-c",
          'echo "$TOKEN $PWD $1"; read line </in/file; echo "$line"; (echo >/in/new) 2>/dev/null || echo cannot',
          "sh",
          "a  b",
        ],
        environment: { TOKEN: "it's $HOME" },
        working_dir: "/bin",
      }),
      dockerRun({ ...inside, command: ["-c", "echo no >&2; exit 5"] }),
    ]);
    expect(ran?.error).toBeUndefined();
    expect(ran?.output).toBe("it's $HOME /bin a  b\nserved\ncannot\n");
    expect(failed).toMatchObject({ status: "failed", exitCode: 5 });
    expect(await onHost(HOST, "podman ps --all --format '{{ .Names }}'")).toMatch(/^(?:box)?$/);
  });
});
