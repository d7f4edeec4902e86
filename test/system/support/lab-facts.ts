import { fileURLToPath } from "node:url";
import type { HostName } from "./hosts.ts";

/** What tests need to know of the lab; global setup finds out. */
export interface Lab {
  /** The environment that makes the script work on this lab, and on no other one. */
  readonly env: Readonly<Record<string, string>>;
  readonly knownHosts: string;
  /** Path of the one private key of all accounts. */
  readonly key: string;
  readonly hosts: Readonly<Record<HostName, { readonly id: string; readonly address: string }>>;
}

/** The script that drives the lab. */
export const LAB = fileURLToPath(new URL("../../lab/lab.sh", import.meta.url));

declare module "vitest" {
  export interface ProvidedContext {
    lab: Lab | null;
  }
}
