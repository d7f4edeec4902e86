import { createHash, randomUUID } from "node:crypto";
import { extname, resolve } from "node:path";
import type { InventorySource } from "../inventory/model.ts";
import { MARK } from "../redact/stream.ts";
import type { GivenParam } from "../runbook/spec.ts";
import type { ConnectionOptions, PlanOptions, Runnable } from "./options.ts";

/** What functions of flows give that is not the same in each run. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly seed: string;
}

/** What a run was asked for, as it is kept for those who resume it: everything but passwords, secrets, objects and runbooks. */
export interface RunRequest {
  /** Absolute path of the runbook's file; undefined when it came from none. */
  readonly file: string | undefined;
  /** The runbook's name, when it came from no file. */
  readonly runbook?: string;
  /** Inventory sources, absolute where they are files; undefined when one was an object. */
  readonly inventory: readonly string[] | undefined;
  readonly limit: string | undefined;
  readonly params: readonly GivenParam[];
  readonly connection: ConnectionOptions;
  readonly forks: number | undefined;
  /** Of a flow: so that a resumed run works out what the first one did. */
  readonly moment?: Moment;
}

/** The request that options make. */
export function requestOf(
  runbook: Runnable,
  sources: readonly InventorySource[],
  { limit, params, connection = {}, forks }: PlanOptions,
): RunRequest {
  return {
    ...(typeof runbook === "string"
      ? { file: resolve(runbook) }
      : { file: undefined, runbook: runbook.name }),
    inventory: sources.every((source) => typeof source === "string") ? sources : undefined,
    limit,
    params: paramsOf(params),
    connection: withoutPasswords(connection),
    forks,
    ...(isFlow(runbook) ? { moment: { now: Date.now(), seed: randomUUID() } } : {}),
  };
}

/** Is it the path of a flow? */
export function isFlow(runbook: Runnable): runbook is string {
  return typeof runbook === "string" && extname(runbook) === ".hcl";
}

function paramsOf(params: PlanOptions["params"] = []): readonly GivenParam[] {
  if (Array.isArray(params)) return params as readonly GivenParam[];
  return Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value, from: "params", isText: false }));
}

function withoutPasswords({
  password: _password,
  becomePassword: _become,
  ...rest
}: ConnectionOptions): ConnectionOptions {
  return rest;
}

/**
 * Does what was kept of a request mean the one that is given now? Connection and forks do not count, and a param that
 * held a secret may be any.
 */
export function isSame(kept: RunRequest, given: RunRequest): boolean {
  const place = ({ file, runbook, inventory, limit }: RunRequest): string =>
    JSON.stringify([file ?? runbook, inventory, limit]);
  return (
    place(kept) === place(given) &&
    kept.params.length === given.params.length &&
    kept.params.every((param, i) => {
      const other = given.params[i] as GivenParam;
      return isHidden(param) ? param.name === other.name : JSON.stringify(param) === JSON.stringify(other);
    })
  );
}

/** Params that held a secret, and so were not kept. */
export function hiddenParams({ params }: RunRequest): readonly string[] {
  return params.filter(isHidden).map(({ name }) => name);
}

function isHidden({ value }: GivenParam): boolean {
  return JSON.stringify(value)?.includes(MARK) ?? false;
}

/** Equal for runs of the same runbook and params on the same hosts. */
export function keyOf({ file, runbook, params }: RunRequest, hosts: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([file ?? runbook, params, hosts]))
    .digest("hex");
}

/** Can the command line build the plan again? */
export function isWhole({ file, inventory }: RunRequest): boolean {
  return file !== undefined && inventory !== undefined;
}
