// A small site: something for every host, then a web site that is rolled out host by host.
//   rcm apply examples/site.ts -i inventories/demo.yaml -e version=1.1
import { changed, runbook, type StepContext, site, z } from "rcm";
import { bash, command, copy, file, lineinfile } from "rcm/modules";

/** A path in the home of the user who logs in. Only a connected host knows it: a function is called in time. */
const home =
  (path: string) =>
  ({ facts }: StepContext) =>
    `${facts.home}/${path}`;

const base = runbook("base", {}, ({ host, step }) => {
  // A step awaits the one before it, unless it says what it awaits: these two run at the same time.
  const folder = step("folder", file({ path: home("etc"), state: "directory", mode: "0750" }));
  const text = `${host.name}: ${host.groups.join(", ")}\n`;
  step("motd", copy({ content: text, dest: home("etc/motd"), mode: "0644" }), { await: [folder] });
  step(
    "ntp",
    lineinfile({
      path: home("etc/ntp.conf"),
      regexp: "^server ",
      line: `server ${host.vars.ntp}`,
      create: true,
    }),
    { await: [folder] },
  );
});

const params = z.object({
  version: z
    .string()
    .regex(/^\d+\.\d+$/, "wanted a version such as 1.0")
    .default("1.0"),
  port: z.number().int().min(1).max(65_535).default(8080),
});

const web = runbook("web", { hosts: "web", params }, ({ host, params, step }) => {
  const kernel = step("kernel", command({ cmd: "uname", args: ["-sr"], changedWhen: false }), {
    post: (output) => output.trim(),
  });
  const folder = step("folder", file({ path: home("site"), state: "directory" }), { await: [] });

  // Ordinary code over params and variables: the steps are known before anything is connected to.
  const pages = ["index", ...(host.vars.canary ? ["status"] : [])].map((name) =>
    step(
      `page ${name}`,
      copy({
        content: `<h1>${name} of ${host.name}, version ${params.version}</h1>\n`,
        dest: home(`site/${name}.html`),
      }),
      { await: [folder] },
    ),
  );
  const config = step(
    "config",
    copy({ content: `port = ${params.port}\n`, dest: home("site/app.conf"), validate: "grep -q port %s" }),
    { await: [folder] },
  );

  // Only when something changed, also if rcm died in between. The "server" takes a moment to come up.
  step(
    "restart",
    bash({
      script: 'rm -f up; echo "restarted on $1" >>app.log; (sleep 0.5; touch up) &',
      args: [(ctx) => ctx.output(kernel) ?? "an unknown kernel"],
    }),
    { await: [kernel], when: changed(config, ...pages), cwd: home("site") },
  );
  step("answers", command({ cmd: "test -e up", changedWhen: false }), {
    cwd: home("site"),
    retry: { max: 10, delay: "200ms", backoff: 1.5 },
    timeout: "5s",
  });
});

export default site("demo", ({ run }) => {
  run(base);
  run(web, { serial: 1 });
});
