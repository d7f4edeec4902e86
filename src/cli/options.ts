import type { ConnectionOptions, PlanOptions, RunOptions } from "../embed/options.ts";
import { askSecret, canAsk } from "./ask.ts";
import { collectParams } from "./params.ts";
import { redactor } from "./redactor.ts";

/** Flags as commander gives them. */
export type Flags = Readonly<Record<string, unknown>>;

/** How to run, from the flags that all commands have which run something. */
export function runOptions(flags: Flags): RunOptions {
  return {
    connection: connectionOf(flags),
    forks: flags.forks as number | undefined,
    fuse: flags.fuse !== false && !process.env.RCM_NO_FUSE,
    ask: canAsk() ? askSecret : undefined,
    command: `rcm ${process.argv.slice(2).join(" ")}`,
    redactor,
    collect: false,
  };
}

/** What to run on, from the flags about inventory and params. */
export async function planOptions(
  flags: Flags,
): Promise<Pick<PlanOptions, "inventory" | "limit" | "params">> {
  return {
    inventory: inventoryFlag(flags),
    limit: flags.limit as string | undefined,
    params: await collectParams(
      (flags.var as string[] | undefined) ?? [],
      (flags.varFile as string[] | undefined) ?? [],
      process.env,
    ),
  };
}

/** What `-i` and RCM_INVENTORY name. */
export function inventoryFlag(flags: Flags): readonly string[] {
  return [(flags.inventory as string[] | string | undefined) ?? []].flat();
}

function connectionOf(flags: Flags): ConnectionOptions {
  const ms = (seconds: unknown): number | undefined =>
    seconds === undefined ? undefined : (seconds as number) * 1000;
  return {
    type: flags.connection as "ssh" | "local" | undefined,
    user: flags.user as string | undefined,
    port: flags.port as number | undefined,
    privateKey: flags.privateKey as string | undefined,
    passwordFile: flags.passFile as string | undefined,
    askPassword: flags.askPass as boolean | undefined,
    become: flags.become as boolean | undefined,
    becomeUser: flags.becomeUser as string | undefined,
    becomePasswordFile: flags.becomePassFile as string | undefined,
    askBecomePassword: flags.askBecomePass as boolean | undefined,
    connectTimeout: ms(flags.connectTimeout),
    authTimeout: ms(flags.authTimeout),
    hostKeyChecking: flags.hostKeyChecking as ConnectionOptions["hostKeyChecking"],
    knownHosts: flags.knownHosts as string | undefined,
  };
}
