// Programs that must not compile, each with the one mistake that its comment names; at the end some that must.
// `npx tsc` is the test: it complains of a mistake that is not refused, and of a right program that is.
import {
  access,
  changed,
  defineModule,
  type Facts,
  type RunHost,
  runbook,
  type Script,
  type StepHandle,
  sh,
  site,
  z,
} from "rcm";
import { bash, command, copy, debug, file, lineinfile, pause, reboot, waitFor } from "rcm/modules";

// ---- options of a module ------------------------------------------------------------------------------------------

runbook("options", {}, ({ step }) => {
  // @ts-expect-error an option that the module does not have
  step("unknown option", command({ cmd: "true", shell: "bash" }));

  // @ts-expect-error a required option is missing
  step("missing option", copy({ content: "hello" }));

  // @ts-expect-error no options at all
  step("no options", command());

  // @ts-expect-error an option of the wrong type
  step("wrong type", command({ cmd: 42 }));

  // @ts-expect-error one text where a list is wanted
  step("no list", command({ cmd: "ls", args: "-l" }));

  // @ts-expect-error a number as mode: 0o644 would lose its zero on the way
  step("number as mode", file({ path: "/srv", state: "directory", mode: 0o644 }));

  // @ts-expect-error a value that the enum does not have
  step("wrong enum", file({ path: "/srv", state: "folder" }));

  // @ts-expect-error a text where true or false is wanted
  step("text as boolean", copy({ dest: "/etc/motd", content: "", force: "yes" }));

  // @ts-expect-error a boolean as duration
  step("boolean as duration", pause({ duration: true }));

  // @ts-expect-error a list as line
  step("list as line", lineinfile({ path: "/etc/hosts", line: ["127.0.0.1", "localhost"] }));

  // @ts-expect-error null where an option is left out
  step("null", waitFor({ port: null }));

  // @ts-expect-error a framework option among the module's own
  step("framework option inside", command({ cmd: "true", retry: 3 }));
});

// ---- deferred values ----------------------------------------------------------------------------------------------

runbook("deferred values", {}, ({ step }) => {
  // @ts-expect-error a deferred value of the wrong type
  step("wrong type", command({ cmd: (ctx) => ctx.facts.cpus }));

  // @ts-expect-error a deferred value of the wrong type within a list
  step("wrong type at depth", command({ cmd: "echo", args: ["-n", (ctx) => ctx.facts.cpus] }));

  // @ts-expect-error there is no such fact
  step("unknown fact", command({ cmd: (ctx) => ctx.facts.colour }));

  // @ts-expect-error a host's variable may be anything: it must be looked at first
  step("unknown variable", command({ cmd: (ctx) => ctx.host.vars.command }));

  const count = step("count", command({ cmd: "nproc" }), { post: (output) => Number(output) });

  // @ts-expect-error the step may have been skipped: then there is no output
  step("maybe undefined", command({ cmd: (ctx) => ctx.output(count).toFixed() }));

  // @ts-expect-error `post` made a number of it
  step("typed by post", command({ cmd: "echo", args: [(ctx) => ctx.output(count) ?? "none"] }));

  const words = step("words", command({ cmd: "cat words" }));

  step("typed by the module", debug({ message: 1 }), {
    // @ts-expect-error a command's output is a text
    when: (ctx) => (ctx.output(words) ?? 0) > 3,
  });

  // @ts-expect-error the output of a step is asked for by its handle
  step("by name", debug({ message: "" }), { when: (ctx) => ctx.output("words") === "yes" });
});

// ---- results before their time ------------------------------------------------------------------------------------

runbook("too early", {}, ({ host, step }) => {
  const handle = step("count", command({ cmd: "nproc" }));

  // @ts-expect-error a handle has no result: the step has not run when the runbook is read
  step("output", command({ cmd: "echo", args: [handle.output] }));

  // @ts-expect-error nor a status
  if (handle.changed) step("status", command({ cmd: "true" }));

  // @ts-expect-error a handle is no text
  step("handle as text", command({ cmd: "echo", args: [handle] }));

  // @ts-expect-error facts are known only once the host is connected
  if (host.facts.distro === "debian") step("facts", command({ cmd: "apt-get update" }));
});

// @ts-expect-error a body adds its steps at once: it is not asynchronous
runbook("asynchronous", {}, async ({ step }) => {
  step("late", command({ cmd: "true" }));
});

// ---- grafted runbooks ---------------------------------------------------------------------------------------------

const part = runbook(
  "part",
  { params: z.object({ url: z.string(), tries: z.number().default(1) }) },
  ({ step }) => {
    const length = step("length", command({ cmd: "echo 1" }), { post: (out) => out.length });
    return { length };
  },
);

runbook("grafts", {}, ({ graft, merge, step }) => {
  // @ts-expect-error a required param is missing
  graft("a", part);

  // @ts-expect-error a param of the wrong type
  graft("b", part, { params: { url: 1 } });

  // @ts-expect-error merge awaits nothing
  merge("c", part, { params: { url: "" }, await: [] });

  const health = graft("d", part, { params: { url: "" } });

  // @ts-expect-error a grafted runbook has no output, its steps have
  step("whole", debug({ message: (ctx) => ctx.output(health) ?? "" }));

  // @ts-expect-error the body does not return such a step
  step("unknown", command({ cmd: "true" }), { await: [health.steps.size] });

  // @ts-expect-error `post` made a number of it
  step("typed", command({ cmd: (ctx) => ctx.output(health.steps.length) ?? "" }));

  step("right", command({ cmd: (ctx) => (ctx.output(health.steps.length) ?? 0).toFixed() }), {
    await: [health, health.steps.length, "d"],
    when: changed(health),
  });
});

// ---- framework options --------------------------------------------------------------------------------------------

runbook("framework options", {}, ({ step }) => {
  const first = step("first", command({ cmd: "true" }));

  // @ts-expect-error a condition that is decided before anything has run
  step("boolean as when", command({ cmd: "true" }), { when: true });

  // @ts-expect-error a condition that says neither true nor false
  step("text from when", command({ cmd: "true" }), { when: () => "yes" });

  // @ts-expect-error retry is a number of attempts, or a policy
  step("retry as text", command({ cmd: "true" }), { retry: "3" });

  // @ts-expect-error a policy says how many attempts there are
  step("retry without max", command({ cmd: "true" }), { retry: { delay: "2s" } });

  // @ts-expect-error an unknown part of a policy
  step("retry with tries", command({ cmd: "true" }), { retry: { max: 3, tries: 3 } });

  // @ts-expect-error a framework option that there is not
  step("unknown option", command({ cmd: "true" }), { depends: [first] });

  // @ts-expect-error a list is wanted, also for one step
  step("no list", command({ cmd: "true" }), { await: first });

  // @ts-expect-error the user to become is a name
  step("number as user", command({ cmd: "true" }), { become: 0 });

  // @ts-expect-error a list as environment
  step("list as env", command({ cmd: "true" }), { env: ["LANG=C"] });

  // @ts-expect-error a command's output is a text, which has no `version`
  step("post", command({ cmd: "true" }), { post: (output) => output.version });

  // @ts-expect-error assert says true or false
  step("assert", command({ cmd: "true" }), { assert: (result) => result.exitCode });

  // @ts-expect-error a module that was not called
  step("module", command);

  // @ts-expect-error a step needs a name first
  step(command({ cmd: "true" }));
});

// ---- steps of another runbook -------------------------------------------------------------------------------------

runbook("web", {}, ({ step: webStep }) => {
  const foreign = webStep("config", copy({ dest: "/etc/web.conf", content: "" }));

  runbook("db", {}, ({ step }) => {
    // @ts-expect-error a step of another runbook cannot be awaited
    step("await", command({ cmd: "true" }), { await: [foreign] });

    // @ts-expect-error nor can its change be a condition
    step("changed", command({ cmd: "true" }), { when: changed(foreign) });

    // Reading its output is refused when the plan is made: a deferred value does not know which runbook it is in.
    step("output", command({ cmd: (ctx) => ctx.output(foreign) ?? "" }));
  });
});

// @ts-expect-error changed() takes steps, not modules
changed(command({ cmd: "true" }));

// ---- params -------------------------------------------------------------------------------------------------------

runbook("params", { params: z.object({ version: z.string(), port: z.number() }) }, ({ params, step }) => {
  // @ts-expect-error a param that was not declared
  step("not declared", command({ cmd: params.verison }));

  // @ts-expect-error a param of another type than the option
  step("wrong type", command({ cmd: params.port }));

  // @ts-expect-error params do not change
  params.port = 8080;
});

runbook("no params", {}, ({ params, step }) => {
  // @ts-expect-error there are none
  step("none", command({ cmd: params.version }));
});

// @ts-expect-error params are a schema, not values
runbook("values as params", { params: { version: "1.0" } }, () => undefined);

// @ts-expect-error a setting that runbooks do not have
runbook("unknown setting", { host: "web" }, () => undefined);

// ---- sites --------------------------------------------------------------------------------------------------------

const book = runbook("book", {}, () => undefined);

site("site", ({ run }) => {
  // @ts-expect-error a runbook, not its name
  run("book");

  // @ts-expect-error a share is written as 25%
  run(book, { serial: "a quarter" });

  // @ts-expect-error runbooks of a site are awaited by the handles that `run` gives
  run(book, { await: ["before"] });
});

// @ts-expect-error a host pattern is a text
runbook("pattern", { hosts: ["web", "db"] }, () => undefined);

// ---- modules ------------------------------------------------------------------------------------------------------

const about = { name: "thing", category: "System", summary: "Does a thing.", options: z.strictObject({}) };
const property = { probe: sh`true`, want: "", apply: sh`true` };
const effect = { script: sh`true`, describe: "do it" };

// @ts-expect-error two kinds at once: properties and an action
defineModule({ ...about, properties: () => ({ property }), action: () => effect });

// @ts-expect-error no kind: neither properties nor an action nor run
defineModule(about);

// @ts-expect-error no summary: it would not be documented
defineModule({ name: "thing", category: "System", options: z.strictObject({}), action: () => effect });

// @ts-expect-error a schema of no object: options have names
defineModule({ ...about, options: z.string(), action: () => effect });

// @ts-expect-error a property that says what is and not what should be
defineModule({ ...about, properties: () => ({ state: { probe: sh`true`, apply: sh`true` } }) });

// @ts-expect-error shell text that was not made by `sh`, and so is not quoted
defineModule({ ...about, action: () => ({ script: "rm -rf $HOME", describe: "do it" }) });

// @ts-expect-error a module that runs on this side says what a dry run prints
defineModule({ ...about, run: async () => ({ changed: false, message: "" }) });

// @ts-expect-error its dry run is decided by `changes` and `describe`, not by a branch of its own
defineModule({ ...about, action: () => effect, check: () => effect });

defineModule({
  ...about,
  options: z.strictObject({ name: z.string() }),
  // @ts-expect-error an option that its own schema does not have
  action: ({ label }) => ({ script: sh`echo ${label}`, describe: "do it" }),
});

// @ts-expect-error an object cannot stand in a shell script
sh`echo ${{ name: "x" }}`;

// @ts-expect-error nor can undefined, which would be an empty word
sh`rm -rf ${process.env.FOLDER}/tmp`;

// @ts-expect-error nor true
sh`set ${true}`;

// ---- right programs -----------------------------------------------------------------------------------------------

const params = z.object({ version: z.string(), workers: z.number().int().default(2) });

const right = runbook("right", { hosts: "web:!staging", params }, ({ params, host, step }) => {
  const probe = step("probe", command({ cmd: "uname", args: ["-r"] }), { post: (output) => output.trim() });
  const count = step("count", bash({ script: "nproc" }), { await: [], post: (output) => Number(output) });
  const unit: StepHandle<string, "right"> = step(
    "unit",
    copy({
      content: (ctx) => `${ctx.output(probe) ?? "?"} ${params.version}\n`,
      dest: "/etc/unit",
      mode: "0644",
    }),
    { await: [probe, count, "later"], become: "app", env: { LANG: "C", N: (ctx) => ctx.facts.cpus } },
  );
  step(
    "at depth",
    bash({ script: "echo", args: [params.version, (ctx) => `${(ctx.output(count) ?? 1) * 2}`] }),
  );
  step("list", command({ cmd: "echo", args: (ctx) => [ctx.facts.distro, ctx.host.name] }));
  step("judged", command({ cmd: "id -u", changedWhen: ({ stdout }) => stdout !== "0\n" }), {
    await: [],
    when: async ({ facts }) => facts.distroFamily === "debian" && host.vars.canary === true,
    retry: { max: params.workers, delay: "1s", backoff: 2, maxDelay: 10_000, jitter: 0.1 },
    timeout: "1m",
    cwd: ({ facts }) => facts.home,
    ignoreErrors: true,
    assert: ({ exitCode, output }) => exitCode === 0 && output !== "",
  });
  step("restart", command({ cmd: "true" }), { when: changed(unit, "later") });
  step("reboot", reboot({ timeout: "5m" }), { when: changed(unit), retry: 2 });
  step("later", debug({ message: { any: ["value", 1, null] } }), { await: [] });
});

/** One step may stand without braces. */
runbook("short", {}, ({ step }) => step("only", command({ cmd: "true" })));

site("sites", ({ run }) => {
  const before = run(book);
  run(right, { hosts: "web", name: "blue", params: { version: "1" }, serial: "25%", await: [before] });
});

/** The types of a module come from its schema, also through defaults and transformations. */
const link = defineModule({
  ...about,
  options: z.strictObject({
    to: z.string(),
    force: z.boolean().default(false),
    wait: z.string().transform(Number),
  }),
  properties: ({
    to,
    force,
    wait,
  }): Readonly<Record<string, { probe: Script; want: string; apply: Script }>> => ({
    target: {
      probe: sh`readlink link`,
      want: to,
      apply: sh`sleep ${wait}; ln -s ${force ? "-f" : []} ${to} link`,
    },
  }),
});
link({ to: "there", wait: "5" });

const size = defineModule({
  ...about,
  options: z.strictObject({ path: z.string() }),
  changes: false,
  describe: ({ path }) => `would measure ${path}`,
  run: async ({ path }, host: RunHost) => {
    const { stdout } = await host.exec(sh`wc -c <${path}`);
    return { changed: false, message: "measured", output: { bytes: Number(stdout) } };
  },
});

runbook("outputs", {}, ({ step }) => {
  const measured = step("measured", size({ path: "/etc/passwd" }));
  step("typed by run", debug({ message: (ctx) => ctx.output(measured)?.bytes.toFixed(1) }));
  step(
    "whole result",
    debug({ message: (ctx) => ctx.result(measured)?.output?.bytes ?? ctx.result(measured)?.error }),
  );
});

/** A function of facts alone fits wherever a text may be deferred. */
const home = ({ facts }: { readonly facts: Facts }): string => facts.home;
file({ path: home, state: "touch" });
access({ path: "/srv", mode: "0755" });
