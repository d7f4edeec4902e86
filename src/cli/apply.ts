import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { stateFolder } from "../checkpoint/folder.ts";
import { lock } from "../checkpoint/lock.ts";
import { listResumable, newRunId, RunFolder } from "../checkpoint/run-folder.ts";
import { RcmError } from "../errors.ts";
import type { Mode } from "../event/event.ts";
import { localSide } from "../module/local-side.ts";
import { buildPlan } from "../plan/build.ts";
import type { Plan } from "../plan/plan.ts";
import { loadRunbook } from "../runbook/load.ts";
import { execute } from "./execute.ts";
import { ownModules } from "./own-modules.ts";
import { collectParams } from "./params.ts";
import { connectionFlags, overridesOf, type RunRequest } from "./request.ts";
import { inventoryFrom, inventorySources } from "./sources.ts";

type Flags = Readonly<Record<string, unknown>>;

const NO_INVENTORY = "no inventory was given (-i): this machine is the only host";

/** `rcm apply` and `rcm plan`. */
export async function apply(file: string, flags: Flags): Promise<number> {
  const request = await requestOf(file, flags);
  if (flags.resume === true && flags.check === true) {
    throw new RcmError("--resume and --check exclude each other: a dry run takes nothing over", {
      code: "usage",
    });
  }
  if (flags.resume === true) return await applyResuming(request, flags);
  return await applyRequest(request, flags, undefined);
}

/** Runs a request, anew or on from where an earlier run of it stopped. */
export async function applyRequest(
  request: RunRequest,
  flags: Flags,
  earlier: RunFolder | undefined,
): Promise<number> {
  const mode: Mode = flags.check === true ? "check" : "apply";
  const overrides = await overridesOf(request.connection);
  const inventory = await inventoryFrom(request.inventory, overrides);
  const local = localSide(dirname(request.file));
  const site = await loadRunbook(request.file, await ownModules());
  const { limit, params } = request;
  const plan = await buildPlan({ site, file: request.file, inventory, limit, overrides, params, local });
  const run = async (record: () => Promise<RunFolder | undefined>): Promise<number> =>
    await execute({
      plan,
      mode,
      record,
      local,
      resumed: earlier !== undefined,
      request,
      flags,
      warnings: [...(request.inventory.length === 0 ? [NO_INVENTORY] : []), ...inventory.warnings],
    });
  if (mode === "check") return await run(async () => undefined);
  const id = earlier?.header.id ?? newRunId();
  const release = await lockAll(plan, id);
  try {
    return await run(async () => earlier ?? (await newRun(id, request, plan)));
  } finally {
    release();
  }
}

async function newRun(id: string, request: RunRequest, plan: Plan): Promise<RunFolder> {
  const hosts = plan.hosts.map(({ host }) => host.name);
  const key = createHash("sha256")
    .update(JSON.stringify([request.file, request.params, hosts]))
    .digest("hex");
  await tellOfResumable(key);
  const { name: runbook, fingerprint } = plan;
  return await RunFolder.create(stateFolder(), { id, runbook, hosts, key, fingerprint, request });
}

async function requestOf(file: string, flags: Flags): Promise<RunRequest> {
  return {
    file: resolve(file),
    inventory: inventorySources(flags),
    limit: flags.limit as string | undefined,
    params: await collectParams(
      (flags.var as string[] | undefined) ?? [],
      (flags.varFile as string[] | undefined) ?? [],
      process.env,
    ),
    connection: connectionFlags(flags),
    forks: flags.forks as number | undefined,
  };
}

async function applyResuming(request: RunRequest, flags: Flags): Promise<number> {
  const runs = await listResumable(stateFolder());
  const earlier = runs.find((run) => sameRequest(run.header.request as RunRequest, request));
  if (!earlier)
    throw new RcmError("There is no run of this runbook with these params and hosts to resume", {
      code: "nothing-matched",
      hint: "leave out --resume to start afresh",
    });
  return await applyRequest(request, flags, earlier);
}

function sameRequest(a: RunRequest, b: RunRequest): boolean {
  const essence = ({ file, inventory, limit, params }: RunRequest): string =>
    JSON.stringify([file, inventory, limit, params]);
  return essence(a) === essence(b);
}

async function tellOfResumable(key: string): Promise<void> {
  const earlier = (await listResumable(stateFolder())).find((run) => run.header.key === key);
  if (earlier)
    process.stderr.write(
      `An earlier run of this did not complete; this one starts afresh. To go on with it: rcm resume ${earlier.header.id}\n`,
    );
}

/** Two runs must not work on one host, nor on one run folder, at once. */
async function lockAll(plan: Plan, run: string): Promise<() => void> {
  const command = `rcm ${process.argv.slice(2).join(" ")}`;
  const holder = { run, pid: process.pid, command, since: new Date().toISOString() };
  const hosts = plan.hosts.map(({ host: { name, connection } }) => ({
    key: connection.type === "local" ? "host local" : `host ${connection.address}:${connection.port}`,
    name: `The host "${name}"`,
  }));
  const wanted = [...hosts, { key: `run ${run}`, name: `The run ${run}` }];
  return await lock(stateFolder(), [...new Map(wanted.map((one) => [one.key, one])).values()], holder);
}
