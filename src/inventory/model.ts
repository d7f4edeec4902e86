import type { Position } from "../errors.ts";

/** A value that YAML or JSON can hold. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Variables by name. */
export type Vars = Readonly<Record<string, Value>>;

/** How to become another user on a host. */
export interface BecomeSettings {
  readonly enabled: boolean;
  /** The user to become; `root` unless said otherwise. */
  readonly user: string;
  readonly method: "sudo";
  readonly password: string | undefined;
}

/** How to reach a host: what the inventory says, command line and defaults filled in. */
export interface ConnectionSettings {
  readonly type: "ssh" | "local";
  /** Name or address to connect to. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  /** Path of a private key, `~` expanded. */
  readonly privateKey: string | undefined;
  /** Passphrase-less files that hold known host keys; the usual ones when undefined. */
  readonly knownHosts: string | undefined;
  readonly hostKeyChecking: "strict" | "accept-new" | "off" | undefined;
  readonly become: BecomeSettings;
  /** Path of the shell that runs scripts, `/bin/sh` unless said otherwise. */
  readonly shell: string;
}

/** One machine of the inventory. */
export interface Host {
  readonly name: string;
  /** All variables that hold for it, from `all` down to its own. */
  readonly vars: Vars;
  /** Names of the groups it is in, without `all`, sorted. */
  readonly groups: readonly string[];
  readonly connection: ConnectionSettings;
  /** Where the inventory first names it. */
  readonly where: Position | undefined;
}

/** A named set of hosts. */
export interface Group {
  readonly name: string;
  /** Names of the hosts in it: its own first, then those of its children, level by level; of `all` in inventory order. */
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  readonly vars: Vars;
}

/** Who there is; frozen after loading. */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  /** The sources it came from, as given. */
  readonly sources: readonly string[];
  /** What was odd in them but stops nothing. */
  readonly warnings: readonly string[];
}

/** Where hosts come from: a file, a list of hosts such as `web1,web2`, or what would stand in a file as an object. */
export type InventorySource = string | InventoryTree;

/** Groups by name, as at the top of a YAML inventory. */
export interface InventoryTree {
  readonly [group: string]: InventoryGroup | null;
}

/** A group of an {@link InventoryTree}; its connection settings are the variables that YAML has for them. */
export interface InventoryGroup {
  readonly hosts?: Readonly<Record<string, Vars | null>>;
  readonly vars?: Vars;
  readonly children?: InventoryTree;
}

/** What the command line says about connections; it wins over the inventory. */
export interface ConnectionOverrides {
  readonly type?: "ssh" | "local" | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly privateKey?: string | undefined;
  readonly password?: string | undefined;
  readonly knownHosts?: string | undefined;
  readonly hostKeyChecking?: "strict" | "accept-new" | "off" | undefined;
  readonly become?: boolean | undefined;
  readonly becomeUser?: string | undefined;
  readonly becomePassword?: string | undefined;
}
