import type { HostFacts } from "../../module/context.ts";
import { matchesHost } from "../build/hosts.ts";

/**
 * Whether a pattern of host names and groups, or a list of those, means the host, as a task's `_hosts` does.
 *
 * @throws RcmError for a pattern that counts hosts, such as `web[0]`
 * @example
 * const page = onHost(host, "web:!web1") ? step("page", …) : undefined;
 */
export function onHost(host: HostFacts, pattern: string | readonly string[]): boolean {
  return matchesHost([pattern].flat().join(","), host);
}
