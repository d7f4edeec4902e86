import { readFileSync } from "node:fs";
import { runbook, type StepContext, z } from "rcm";
import * as rcm from "rcm/modules";

/** cron writes what it runs into its log: here it runs nothing. */
const never = { day: 30, month: 2 };

const params = z.object({
  /** A file of this machine with the secrets. */
  file: z.string(),
  address: z.string(),
});

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJRgouMdK0n/9l2a6/V9kBKT7RhkmzdLDVnrYt+WEm2";

/**
 * Secrets in what the modules take for contents, values and messages, and in names that they must refuse; every other time
 * such that the step fails. Paths and words, which programs are given as arguments, are refused.
 */
export default runbook("secrets", { hosts: "all", params }, ({ params: { file, address }, secret, step }) => {
  const values = JSON.parse(readFileSync(file, "utf8")) as readonly string[];
  values.forEach((value, i) => {
    const s = secret(`s${i}`, () => value);
    const of = (ctx: StepContext): string => ctx.secrets.get(s);
    const line = (ctx: StepContext): string => of(ctx).replaceAll(/\s+/g, " ");
    const bad = i % 2 === 0;
    const given = { secrets: [s], ignoreErrors: true, await: [] };
    const at = (name: string): string => (bad ? `/dev/null/no/${name}` : `/srv/s/${name}${i}`);
    const long = (ctx: StepContext): string => `${of(ctx)}\n`.repeat(Math.ceil(110_000 / value.length));
    const variable = `S${i}`;
    const add = (name: string, call: Parameters<typeof step>[1], more: object = {}): void =>
      void step(`${name} ${i}`, call, { ...given, ...more });

    add(
      "bash",
      rcm.bash({
        script: `printf '%s' "$${variable}"; printf '%s' "$${variable}" | base64 >&2; ${bad ? "exit 3" : ":"}`,
      }),
    );
    add("command", rcm.command({ cmd: `printf '%s' "$${variable}" >&2; ${bad ? "false" : "true"}` }));
    add("stdin", rcm.command({ cmd: bad ? "cat >&2; false" : "cat", stdin: of }));
    add("long stdin", rcm.command({ cmd: bad ? "sleep 0.2; false" : "wc -c", stdin: long }));
    add("args", rcm.command({ cmd: "true", args: [of] }));
    add("copy", rcm.copy({ content: of, dest: at("copy"), validate: bad ? "cat %s >&2; false" : "cat %s" }));
    add(
      "long copy",
      rcm.copy({
        content: long,
        dest: at("long"),
        mode: "0600",
        ...(bad ? {} : { validate: "cat %s >&2; false" }),
      }),
    );
    add("template", rcm.template({ content: "<%= it.a %>", vars: { a: of }, dest: at("template") }));
    add(
      "template function",
      rcm.template({
        content: (ctx) => (bad ? String(ctx.host.vars[of(ctx)]) : of(ctx)),
        dest: at("function"),
      }),
    );
    add("lineinfile", rcm.lineinfile({ path: at("line"), line, create: true }));
    add(
      "blockinfile",
      rcm.blockinfile({
        path: at("block"),
        block: of,
        create: true,
        validate: bad ? "cat %s; false" : "cat %s",
      }),
    );
    add("replace", rcm.replace({ path: bad ? "/srv/none" : "/srv/replaced", regexp: "^old.*", replace: of }));
    add("ini_file", rcm.iniFile({ path: at("ini"), section: "a", option: "b", value: line }));
    add(
      "docker_container",
      rcm.dockerContainer({
        name: `s${i}`,
        image: "localhost/box:1",
        pull: "never",
        state: "present",
        env: { A: of, B: line },
        ...(bad ? { volumes: ["/no/such:/x"] } : {}),
      }),
    );
    add(
      "label",
      rcm.dockerContainer({
        name: `l${i}`,
        image: bad ? "none" : "localhost/box:1",
        pull: "never",
        state: "present",
        labels: { a: line },
      }),
    );
    add(
      "http",
      rcm.http({
        url: `http://127.0.0.1:8099/${bad ? "none" : "file"}`,
        method: "GET",
        urlUsername: "me",
        urlPassword: line,
        headers: { "X-Token": line },
      }),
    );
    add(
      "http body",
      rcm.http({ url: "http://127.0.0.1:8099/file", method: bad ? "POST" : "GET", json: { a: of } }),
    );
    add("http form", rcm.http({ url: "http://127.0.0.1:8099/none", method: "POST", form: { a: of } }));
    add("http address", rcm.http({ url: (ctx) => `http://127.0.0.1:8099/${encodeURIComponent(of(ctx))}` }));
    add(
      "get_url",
      rcm.getUrl({
        url: `http://${address}:8099/${bad ? "none" : "file"}`,
        dest: `/srv/s/got${i}`,
        headers: { "X-Token": line },
      }),
    );
    add("debug", rcm.debug({ message: of }));
    add("debug object", rcm.debug({ message: (ctx) => ({ [of(ctx)]: [of(ctx)] }) }));
    add("pause", rcm.pause({ duration: 1, message: of }));
    add("duration", rcm.pause({ duration: of }));
    add("assert", rcm.assert({ that: !bad, failMsg: of, successMsg: of }));
    add("fail", rcm.fail({ message: of }));
    add("wait_for", rcm.waitFor({ port: 1, host: "127.0.0.1", timeout: 1, message: of }));
    add("authorized_key", rcm.authorizedKey({ user: "dev", key: bad ? of : KEY, comment: line }));
    add("cron", rcm.cron({ ...never, name: `j${i}`, job: bad ? of : line, user: "dev" }));
    add("cron variable", rcm.cron({ name: `V${i}`, env: true, job: line, user: "dev" }));
    add("apt_repository", rcm.aptRepository({ repo: "deb file:/srv/none ./", key: of }));
    add(
      "password",
      rcm.user({
        name: bad ? "dev" : "mk",
        password: bad ? of : (ctx) => `$6$salt$${Buffer.from(of(ctx)).toString("hex")}`,
      }),
    );
    add("hostname", rcm.hostname({ name: of }));
    add("group", rcm.group({ name: of }));
    add("user", rcm.user({ name: of }));
    add("package", rcm.packages({ name: of }));
    add("apt", rcm.apt({ name: of }));
    add("service", rcm.service({ name: of, state: "started" }));
    add("systemd", rcm.systemd({ name: of, state: "started" }));
    add("copy to a path", rcm.copy({ content: "a", dest: (ctx) => `/srv/s/${of(ctx)}` }));
    add("file", rcm.file({ path: of, state: "touch" }));
    add("stat", rcm.stat({ path: (ctx) => `/srv/s/${of(ctx)}` }));
    add("fetch", rcm.fetch({ src: of, dest: "fetched" }));
    add("unarchive", rcm.unarchive({ src: "/srv/app.tgz", remoteSrc: true, dest: of }));
    add(
      "git",
      rcm.git({ repo: (ctx) => `https://me:${encodeURIComponent(of(ctx))}@127.0.0.1/a`, dest: "/srv/g" }),
    );
    add("mount", rcm.mount({ path: "/mnt", src: of, fstype: "none", state: "ephemeral" }));
    add("sysctl", rcm.sysctl({ name: "kernel.domainname", value: of }));
    add(
      "pip",
      rcm.pip({
        name: "none",
        extraArgs: [(ctx: StepContext) => `--index-url=http://${of(ctx)}@127.0.0.1/`],
      }),
    );
    add("brew", rcm.brew({ name: "none", installOptions: [(ctx: StepContext) => `--token=${of(ctx)}`] }));
    add("reboot", rcm.reboot({ message: of }));
  });
});
