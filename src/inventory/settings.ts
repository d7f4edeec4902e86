import { userInfo } from "node:os";
import type { Position } from "../errors.ts";
import type { Findings } from "./findings.ts";
import { describe, type Variables } from "./located.ts";
import type { BecomeSettings, ConnectionOverrides, ConnectionSettings } from "./model.ts";
import * as kinds from "./setting-kinds.ts";
import type { Setting, SettingName } from "./setting-names.ts";
import { gatherSettings } from "./setting-sources.ts";

/** The host whose settings are wanted. */
export interface SettingsOwner {
  readonly name: string;
  readonly where: Position | undefined;
  /** Whether it is this machine and in no inventory: then no variable makes it a remote one. */
  readonly implicit?: boolean;
}

/**
 * How to reach a host, from its variables, the command line and the defaults.
 *
 * @param vars - all that hold for the host
 * @param findings - takes every setting that makes no sense
 */
export function connectionSettings(
  owner: SettingsOwner,
  vars: Variables,
  overrides: ConnectionOverrides,
  findings: Findings,
): ConnectionSettings {
  const settings = gatherSettings(vars, overrides, findings);
  const read: Read = (name, kind) => readSetting(settings.get(name), kind, findings);
  const type = owner.implicit ? "local" : (read("connection", kinds.CONNECTION) ?? "ssh");
  const address = settings.has("host") ? read("host", kinds.ADDRESS) : defaultAddress(owner, type, findings);
  const user = settings.has("user") ? read("user", kinds.USER) : defaultUser(type, findings);
  return Object.freeze({
    type,
    address: address ?? owner.name,
    port: read("port", kinds.PORT) ?? 22,
    user: user ?? "",
    password: read("password", kinds.PASSWORD),
    privateKey: read("key", kinds.FILE),
    knownHosts: read("known_hosts", kinds.FILE),
    hostKeyChecking: read("host_key_checking", kinds.KEY_CHECKING),
    become: becomeSettings(read),
    shell: read("shell", kinds.SHELL) ?? "/bin/sh",
  });
}

type Read = <T>(name: SettingName, kind: kinds.Kind<T>) => T | undefined;

function becomeSettings(read: Read): BecomeSettings {
  return Object.freeze({
    enabled: read("become", kinds.FLAG) ?? false,
    user: read("become_user", kinds.USER) ?? "root",
    method: read("become_method", kinds.METHOD) ?? "sudo",
    password: read("become_password", kinds.PASSWORD),
  });
}

function readSetting<T>(
  setting: Setting | undefined,
  kind: kinds.Kind<T>,
  findings: Findings,
): T | undefined {
  if (!setting) return undefined;
  const { label, value, where } = setting;
  const shown = kind.secret ? "not shown here" : describe(value);
  if (typeof value === "string" && value.includes("{{")) {
    findings.fail(`${label} is ${shown}; templates are not supported in connection settings`, where);
    return undefined;
  }
  const result = kind.read(value);
  if (result === undefined) findings.fail(`${label} is ${shown}; wanted ${kind.wanted}`, where);
  return result;
}

/** A host's name is its address; that must be one only if it is used. */
function defaultAddress({ name, where }: SettingsOwner, type: string, findings: Findings): string {
  if (type === "ssh" && kinds.ADDRESS.read(name) === undefined) {
    const hint = "Give the host a plain name, or its address as ansible_host";
    findings.fail(
      `The host ${describe(name)} has no ansible_host; wanted ${kinds.ADDRESS.wanted}`,
      where,
      hint,
    );
  }
  return name;
}

function defaultUser(type: string, findings: Findings): string {
  if (type === "ssh" && kinds.USER.read(CURRENT_USER) === undefined) {
    const hint = "Say who logs in: --user, or ansible_user";
    findings.fail(
      `You are the user ${describe(CURRENT_USER)} here; wanted ${kinds.USER.wanted}`,
      undefined,
      hint,
    );
  }
  return CURRENT_USER;
}

const CURRENT_USER = currentUser();

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return String(process.getuid?.() ?? "");
  }
}
