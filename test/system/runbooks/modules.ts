import { runbook, z } from "rcm";
import * as rcm from "rcm/modules";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJRgouMdK0n/9l2a6/V9kBKT7RhkmzdLDVnrYt+WEm2 ann@laptop";

const WEB = `[Service]
ExecStart=/bin/busybox httpd -f -p 8099 -h /srv/www
[Install]
WantedBy=multi-user.target
`;

const params = z.object({
  reboot: z.boolean().default(false),
  /** A folder of this machine for what is fetched. */
  here: z.string(),
});

/** Every module that comes with rcm, once; steps are named after them. */
export default runbook("modules", { hosts: "all", params }, ({ params: { reboot, here }, host, step }) => {
  step("reboot", rcm.reboot({ message: "as asked" }), { when: () => reboot });
  step("apt", rcm.apt({ name: ["rcm-demo=1.1", "rcm-svc"], updateCache: true, allowDowngrade: true }));
  step(
    "apt_repository",
    rcm.aptRepository({ uris: "file:/srv/own", suites: "./", trusted: true, filename: "own.sources" }),
  );
  step("package", rcm.packages({ name: "rcm-conf" }));
  const wheels = ["--no-index", "--find-links=/srv/wheels"];
  step("pip", rcm.pip({ name: "rcm_demo", version: "1.0", virtualenv: "/opt/venv", extraArgs: wheels }));
  step("git", rcm.git({ repo: "/srv/git", dest: "/opt/git" }));

  step(
    "file",
    rcm.file({ path: "/srv/made", state: "directory", mode: "0750", owner: "dev", group: "games" }),
  );
  step("copy", rcm.copy({ content: "a=1\n", dest: "/etc/rcm/copy.conf", mode: "0640" }));
  step(
    "template",
    rcm.template({ content: "host <%= it.host.name %>\n", dest: "/etc/rcm/template.conf", force: true }),
  );
  step(
    "lineinfile",
    rcm.lineinfile({ path: "/etc/rcm/lines", regexp: "^b=", line: "b=2", create: true, mode: "0600" }),
  );
  step("blockinfile", rcm.blockinfile({ path: "/etc/rcm/block", block: "x\ny", create: true }));
  step("replace", rcm.replace({ path: "/srv/replaced", regexp: "old", replace: "new" }));
  step("ini_file", rcm.iniFile({ path: "/etc/rcm/app.ini", section: "a", option: "b", value: "c" }));
  step("unarchive", rcm.unarchive({ src: "/srv/app.tgz", remoteSrc: true, dest: "/opt/app" }));
  step("stat", rcm.stat({ path: "/srv/app.tgz" }));
  step("fetch", rcm.fetch({ src: "/srv/fetched", dest: `${here}/`, flat: true }));

  step("hostname", rcm.hostname({ name: "proof" }));
  step("group", rcm.group({ name: "team", gid: 4321 }));
  step(
    "user",
    rcm.user({ name: "ann", group: "team", groups: ["games"], shell: "/bin/dash", comment: "Ann" }),
  );
  step("authorized_key", rcm.authorizedKey({ user: "ann", key: KEY }));
  step("cron", rcm.cron({ name: "job", job: "true", user: "dev", hour: 3 }));
  step("sysctl", rcm.sysctl({ name: "net.ipv4.ip_local_port_range", value: "20000 60000" }));
  const tmpfs = { src: "tmpfs", fstype: "tmpfs", opts: "size=1m,nosuid" };
  step("mount", rcm.mount({ path: "/mnt/t", ...tmpfs, state: "mounted" }));

  step("copy of a unit", rcm.copy({ content: WEB, dest: "/etc/systemd/system/rcm-web.service" }));
  step("systemd", rcm.systemd({ name: "rcm-web", state: "started", enabled: true, daemonReload: true }));
  step("service", rcm.service({ name: "rcm-svc", state: "started", enabled: true }));
  step(
    "docker_container",
    rcm.dockerContainer({
      ...{ name: "box", image: "localhost/box:1", pull: "never", stopTimeout: 0 },
      ...{ command: ["sleep", "1000000"], labels: { team: "it's a" }, workdir: "/bin" },
      env: { A: 'two\n "lines"\'s', B: "it's $HOME", EMPTY: "" },
    }),
  );

  step("wait_for", rcm.waitFor({ port: 8099, host: "127.0.0.1", timeout: "20s" }));
  step("http", rcm.http({ url: "http://127.0.0.1:8099/file" }));
  const address = String(host.vars.ansible_host);
  step("get_url", rcm.getUrl({ url: `http://${address}:8099/file`, dest: "/opt/got", force: true }));

  step("command", rcm.command({ cmd: "touch /srv/touched", creates: "/srv/touched" }));
  step("command that always acts", rcm.command({ cmd: "true" }));
  step("bash", rcm.bash({ script: 'if [ -n "$HOME" ]; then true; fi' }));
  step("assert", rcm.assert({ that: { "it is Debian 12": (ctx) => ctx.facts.distroVersion === "12" } }));
  step("debug", rcm.debug({ message: (ctx) => ctx.facts.distro }));
  step("pause", rcm.pause({ duration: 1 }));
  step("fail", rcm.fail({ message: "as it should" }), { ignoreErrors: true });
});
