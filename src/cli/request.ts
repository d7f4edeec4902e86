import type { ConnectionOverrides } from "../inventory/model.ts";
import type { GivenParam } from "../runbook/spec.ts";
import { askSecret, readSecretFile } from "./ask.ts";

/** What a run was asked for, as it is kept for `rcm resume`: everything but passwords. */
export interface RunRequest {
  /** Absolute path of the runbook file. */
  readonly file: string;
  /** Inventory sources, absolute where they are files. */
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly params: readonly GivenParam[];
  readonly connection: ConnectionFlags;
  readonly forks: number | undefined;
}

/** The flags about connections. */
export interface ConnectionFlags {
  readonly user?: string;
  readonly port?: number;
  readonly privateKey?: string;
  readonly connection?: "ssh" | "local";
  readonly askPass?: boolean;
  readonly passFile?: string;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly askBecomePass?: boolean;
  readonly becomePassFile?: string;
  /** Seconds. */
  readonly connectTimeout?: number;
  /** Seconds. */
  readonly authTimeout?: number;
  readonly hostKeyChecking?: "strict" | "accept-new" | "off";
  readonly knownHosts?: string;
}

const NAMES = [
  "user",
  "port",
  "privateKey",
  "connection",
  "askPass",
  "passFile",
  "become",
  "becomeUser",
  "askBecomePass",
  "becomePassFile",
  "connectTimeout",
  "authTimeout",
  "hostKeyChecking",
  "knownHosts",
] as const;

/** The flags about connections, of all flags. */
export function connectionFlags(flags: Readonly<Record<string, unknown>>): ConnectionFlags {
  return Object.fromEntries(
    NAMES.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]),
  ) as unknown as ConnectionFlags;
}

/** What they mean to the inventory; passwords are asked for, or read, here. */
export async function overridesOf(flags: ConnectionFlags): Promise<ConnectionOverrides> {
  const password = await secret(flags.askPass, flags.passFile, "SSH password");
  const becomePassword =
    (await secret(flags.askBecomePass, flags.becomePassFile, "sudo password")) ??
    (flags.askBecomePass ? password : undefined);
  return {
    type: flags.connection,
    user: flags.user,
    port: flags.port,
    privateKey: flags.privateKey,
    password,
    knownHosts: flags.knownHosts,
    hostKeyChecking: flags.hostKeyChecking,
    become: flags.become,
    becomeUser: flags.becomeUser,
    becomePassword,
  };
}

async function secret(
  ask: boolean | undefined,
  file: string | undefined,
  what: string,
): Promise<string | undefined> {
  if (file !== undefined) return await readSecretFile(file);
  return ask ? await askSecret(what) : undefined;
}
