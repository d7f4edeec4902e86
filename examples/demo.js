// npm run demo: three throw-away SSH hosts on this machine, and rcm at work on them. Nothing is left behind.
//   npm run demo -- --stay   leaves the hosts running until you press Enter
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { sshHost } from "rcm/testing";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, ".rcm-demo");
const SITE = ["examples/site.ts", "-i", "inventories/demo.yaml", "-i", ".rcm-demo/hosts.yaml"];

let acts = 0;

/** Says what comes, shows the command, and runs it in this terminal. */
async function act(title, args, wantedCode) {
  acts += 1;
  console.log(`\n${acts}. ${title}\n$ rcm ${args.join(" ")}\n`);
  const { code } = await rcm(args, "inherit");
  if (code !== wantedCode) throw new Error(`rcm ${args[0]} ended with ${code}, wanted ${wantedCode}`);
}

function rcm(args, stdout) {
  // The demo's runs are kept apart from your own.
  const env = { ...process.env, RCM_STATE_DIR: join(FOLDER, "state"), XDG_CACHE_HOME: join(FOLDER, "cache") };
  const child = spawn(process.execPath, ["bin/rcm.js", ...args], {
    cwd: ROOT,
    env,
    stdio: ["inherit", stdout, "inherit"],
  });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, text }));
  });
}

/** What the inventory does not know before the hosts run: where they are, and the keys on both sides. */
function inventoryOf(hosts) {
  const settings = Object.entries(hosts).map(([name, { address, port, user, privateKey, knownHosts }]) => [
    name,
    { rcm: { host: address, port, user, key: privateKey, known_hosts: knownHosts } },
  ]);
  // JSON is YAML, too.
  return JSON.stringify({ all: { hosts: Object.fromEntries(settings) } }, null, 2);
}

/** The changes of all steps of a dry run. */
async function plannedChanges() {
  const { text } = await rcm(["plan", ...SITE, "--format", "ndjson"], "pipe");
  const events = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return events.flatMap(({ type, host, step, result }) =>
    type === "step-finished" ? result.changes.map(() => `${host} ${step}`) : [],
  );
}

async function play(hosts) {
  await writeFile(join(FOLDER, "hosts.yaml"), inventoryOf(hosts));
  await act("Bring three hosts to what examples/site.ts says.", ["apply", ...SITE], 0);
  await act(
    "Again: nothing is left to do, and nothing is done.",
    ["apply", ...SITE, "--detailed-exitcode"],
    0,
  );

  const page = join(hosts.web2.dir, "site/index.html");
  console.log(`\n   Now somebody edits a file on web2: ${page}`);
  await appendFile(page, "<p>I was here</p>\n");
  await act(
    "What would change? One file, and the restart that it leads to. A plan touches nothing.",
    ["plan", ...SITE, "--detailed-exitcode"],
    10,
  );
  const planned = await plannedChanges();
  if (planned.join() !== "web2 web/page index")
    throw new Error(`wanted one change, of web2's page, in the plan; got: ${planned.join(", ") || "none"}`);
}

async function stay() {
  console.log(`
The hosts run on. In another terminal, in this folder, try:
  node bin/rcm.js exec web -i inventories/demo.yaml -i .rcm-demo/hosts.yaml -- uptime`);
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  await Promise.race([reader.question("Press Enter to stop them. "), once(reader, "close")]);
  reader.close();
}

// ^C reaches rcm too; it ends in order, and then so does the demo.
process.on("SIGINT", () => undefined);
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { mode: 0o700 });
const names = ["web1", "web2", "db1"];
const started = await Promise.all(names.map(() => sshHost()));
const hosts = Object.fromEntries(names.map((name, i) => [name, started[i]]));
try {
  const [{ kind }] = started;
  const server = kind === "openssh" ? "this machine's sshd" : "an SSH server within this process";
  console.log(`Three hosts on the loopback: ${names.join(", ")} (${server}).`);
  console.log("rcm is bin/rcm.js here; `npm link` puts it on your path.");
  await play(hosts);
  if (process.argv.includes("--stay")) await stay();
  console.log("\nAll as it should be.");
} catch (error) {
  console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await Promise.all(started.map((host) => host.stop()));
  await rm(FOLDER, { recursive: true, force: true });
  console.log("The hosts and all that the demo made are gone.");
}
