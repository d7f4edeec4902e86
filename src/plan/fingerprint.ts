import { createHash } from "node:crypto";
import type { HostPlan } from "./plan.ts";

/** SHA-256 over hosts, steps, their order and options; functions count by their source text. */
export function fingerprint(hosts: readonly HostPlan[]): string {
  const digest = createHash("sha256");
  for (const { host, parts } of hosts) {
    digest.update(
      JSON.stringify([host.name, host.connection.address, host.connection.port, host.connection.user]),
    );
    for (const { steps } of parts) {
      for (const { id, needs, call, env, cwd, become, secrets } of steps) {
        digest.update(
          JSON.stringify([id, needs, call.definition.name, call.options, env, cwd, become, secrets], textOf),
        );
      }
    }
  }
  return digest.digest("hex");
}

function textOf(_key: string, value: unknown): unknown {
  return typeof value === "function" || typeof value === "bigint"
    ? `${typeof value} ${String(value)}`
    : value;
}
