import { type EmbeddedHost, embeddedHost } from "./embedded-host.ts";
import { hasSshd, opensshHost } from "./openssh-host.ts";
import type { TestHost, TestHostOptions } from "./test-host.ts";

/**
 * Starts a throw-away SSH host: a real OpenSSH where this machine has sshd, else the embedded one.
 * `RCM_TEST_SSHD=embedded` in the environment asks for the embedded one everywhere.
 *
 * @example
 * await using host = await sshHost();
 */
export function sshHost(options: TestHostOptions = {}): Promise<TestHost | EmbeddedHost> {
  const embedded = process.env.RCM_TEST_SSHD === "embedded" || !hasSshd();
  return embedded ? embeddedHost(options) : opensshHost(options);
}
