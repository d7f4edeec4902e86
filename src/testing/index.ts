export { type EmbeddedHost, embeddedHost } from "./embedded-host.ts";
export type { EmbeddedHostOptions } from "./embedded-options.ts";
export type { Fault } from "./embedded-outlet.ts";
export { hasSshd, opensshHost } from "./openssh-host.ts";
export { sshHost } from "./ssh-host.ts";
export type { OpensshHostOptions } from "./sshd-config.ts";
export type { TestHost, TestHostOptions } from "./test-host.ts";
