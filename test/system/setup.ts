import { execa, execaSync } from "execa";
import type { TestProject } from "vitest/node";
import { parse } from "yaml";
import { HOST_NAMES, type HostName, MIX } from "./support/hosts.ts";
import { LAB, type Lab } from "./support/lab-facts.ts";
import { takeSlot } from "./support/slot.ts";

/** Brings the lab up before the first test, and down after the last one. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = await whyNot();
  if (reason !== undefined) {
    project.provide("lab", null);
    return skipLoudly(reason);
  }
  const env = await takeSlot();
  await lab(env, "down");
  const printed = await lab(env, "up", "--mix", MIX);
  project.provide("lab", factsFrom(printed, env));
  return async () => {
    await lab(env, "down");
  };
}

/** Why this machine cannot have the lab; undefined when it can. In CI what is missing is installed. */
async function whyNot(): Promise<string | undefined> {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  if (process.env.CI) await lab({}, "deps");
  const tools = ["apt-get", "systemd-nspawn", "mmdebstrap", "ip", "ssh", "perl"];
  const missing = tools.filter((tool) => execaSync("which", [tool], { reject: false }).exitCode !== 0);
  return missing.length > 0
    ? `this machine has no ${missing.join(", ")}; on Debian: test/lab/lab.sh deps`
    : undefined;
}

function skipLoudly(reason: string): undefined {
  const message = `THE SYSTEM TIER CANNOT RUN HERE: ${reason}`;
  if (process.env.CI) throw new Error(message);
  const line = "!".repeat(message.length);
  process.stderr.write(`\n${line}\n${message}\nAll its tests are skipped.\n${line}\n\n`);
  return undefined;
}

async function lab(env: Lab["env"], ...args: readonly string[]): Promise<string> {
  const { stdout } = await execa(LAB, args, { env, stderr: "inherit" });
  return stdout;
}

interface PrintedInventory {
  readonly known_hosts: string;
  readonly hosts: Readonly<Record<string, { readonly host: string; readonly key: string }>>;
}

function factsFrom(printed: string, env: Lab["env"]): Lab {
  const { known_hosts: knownHosts, hosts } = parse(printed) as PrintedInventory;
  const numbered = HOST_NAMES.map((name, index) => [name, `h${index + 1}`] as const);
  return {
    env,
    knownHosts,
    key: Object.values(hosts)[0]?.key ?? "",
    hosts: Object.fromEntries(
      numbered.map(([name, id]) => [name, { id, address: hosts[id]?.host ?? "" }]),
    ) as Record<HostName, { id: string; address: string }>,
  };
}
