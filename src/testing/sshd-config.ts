import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostFiles } from "./host-files.ts";
import { MARK } from "./processes.ts";
import type { TestHostOptions } from "./test-host.ts";

/** What an OpenSSH test host can be told. */
export interface OpensshHostOptions extends TestHostOptions {
  /** Keywords of sshd_config, which win over this host's own: `{ MaxSessions: "3" }`. */
  readonly sshdOptions?: Readonly<Record<string, string>>;
  /** Another existing account to log into; only root can. */
  readonly user?: string;
}

const SFTP_SERVERS = [
  "/usr/lib/openssh/sftp-server",
  "/usr/lib/ssh/sftp-server",
  "/usr/libexec/openssh/sftp-server",
  "/usr/libexec/sftp-server",
];

/** The text of a test host's sshd_config. */
export function sshdConfig(files: HostFiles, port: number, options: OpensshHostOptions): string {
  const { loginShell } = options;
  return toText([
    // sshd keeps the first value that it reads of a keyword.
    ...Object.entries(options.sshdOptions ?? {}),
    ...addressLines(files, port),
    ...loginLines(files, options),
    ...sessionLines(files, options),
    ...(loginShell === undefined ? [] : loginShellLines(files, loginShell)),
    ...subsystemLines(options),
  ]);
}

type Line = readonly [keyword: string, value: string];

function addressLines({ hostKey }: HostFiles, port: number): readonly Line[] {
  return [
    ["ListenAddress", "127.0.0.1"],
    ["Port", String(port)],
    ["HostKey", hostKey],
    ["PidFile", "none"],
    ["LogLevel", "VERBOSE"],
  ];
}

/** Without PAM anybody can run it; but only PAM lets root's tests log into system accounts, which are locked. */
function loginLines({ authorizedKeys }: HostFiles, { user }: OpensshHostOptions): readonly Line[] {
  return [
    ["AuthorizedKeysFile", authorizedKeys],
    ["StrictModes", "no"],
    ["UsePAM", user === undefined ? "no" : "yes"],
    ["PermitRootLogin", "prohibit-password"],
    ["PasswordAuthentication", "no"],
    ["KbdInteractiveAuthentication", "no"],
    ["UseDNS", "no"],
    ["MaxStartups", "500"],
  ];
}

/** sshd takes one SetEnv line only; `HOME` among it keeps tests out of the account's own files. */
function sessionLines({ dir, mark }: HostFiles, { env, loginShell }: OpensshHostOptions): readonly Line[] {
  const shell = loginShell === undefined ? {} : { SHELL: loginShell };
  const variables = Object.entries({ HOME: dir, ...shell, ...env, [MARK]: mark });
  return [["SetEnv", variables.map(([name, value]) => `"${name}=${value}"`).join(" ")]];
}

/** The account's shell can not be changed without root: a forced command hands each command line on to another. */
function loginShellLines({ base }: HostFiles, shell: string): readonly Line[] {
  const script = join(base, "login-shell");
  const handOn = `[ -n "$SSH_ORIGINAL_COMMAND" ] && exec ${shell} -c "$SSH_ORIGINAL_COMMAND"\nexec ${shell}\n`;
  writeFileSync(script, `#!/bin/sh\n${handOn}`, { mode: 0o755 });
  return [["ForceCommand", script]];
}

/** Two subsystems of one name are an error; and a forced command is given internal-sftp too, which is no program. */
function subsystemLines({ sshdOptions = {}, loginShell }: OpensshHostOptions): readonly Line[] {
  if (Object.keys(sshdOptions).some((keyword) => keyword.toLowerCase() === "subsystem")) return [];
  const program = loginShell === undefined ? undefined : SFTP_SERVERS.find((path) => existsSync(path));
  return [["Subsystem", `sftp ${program ?? "internal-sftp"}`]];
}

function toText(lines: readonly Line[]): string {
  return `${lines.map(([keyword, value]) => `${keyword} ${value}`).join("\n")}\n`;
}
