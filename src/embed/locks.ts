import { lock } from "../checkpoint/lock.ts";
import type { Plan } from "../plan/plan.ts";

/** Two runs must not work on one host, nor on one run folder, at once. */
export async function lockAll(
  stateFolder: string,
  plan: Plan,
  run: string,
  command: string,
): Promise<() => void> {
  const holder = { run, pid: process.pid, command, since: new Date().toISOString() };
  const hosts = plan.hosts.map(({ host: { name, connection } }) => ({
    key: connection.type === "local" ? "host local" : `host ${connection.address}:${connection.port}`,
    name: `The host "${name}"`,
  }));
  const wanted = [...hosts, { key: `run ${run}`, name: `The run ${run}` }];
  return await lock(stateFolder, [...new Map(wanted.map((one) => [one.key, one])).values()], holder);
}
