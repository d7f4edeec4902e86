import { suggest } from "../util/nearest.ts";
import type { Findings } from "./findings.ts";
import { describe, type Variables } from "./located.ts";
import type { ConnectionOverrides, Value } from "./model.ts";
import { ANSIBLE_NAMES, NAMES, type Setting, type SettingName } from "./setting-names.ts";
import { sshArguments } from "./ssh-arguments.ts";

/** What was written for each setting, strongest source only. */
export type Settings = ReadonlyMap<SettingName, Setting>;

/** Gathers the settings of a host: command line over `rcm:` over `ansible_*` over arguments for ssh. */
export function gatherSettings(
  vars: Variables,
  overrides: ConnectionOverrides,
  findings: Findings,
): Settings {
  for (const name of IGNORED) {
    const variable = vars.get(name);
    if (variable) findings.warn(`${name} is not supported yet and changes nothing`, variable.where);
  }
  return new Map([
    ...sshArguments(vars, findings),
    ...ansibleSettings(vars),
    ...nativeSettings(vars, findings),
    ...overrideSettings(overrides),
  ]);
}

const IGNORED = [
  "ansible_become_exe",
  "ansible_become_flags",
  "ansible_remote_tmp",
  "ansible_ssh_retries",
  "ansible_ssh_timeout",
  "ansible_timeout",
];

type Pair = readonly [SettingName, Setting];

function ansibleSettings(vars: Variables): readonly Pair[] {
  return NAMES.flatMap((name) => {
    const label = ANSIBLE_NAMES[name].find((variable) => isSet(vars.get(variable)));
    const variable = label && vars.get(label);
    return variable ? [[name, { label, ...variable }] as const] : [];
  });
}

function nativeSettings(vars: Variables, findings: Findings): readonly Pair[] {
  const native = vars.get("rcm");
  if (!isSet(native)) return [];
  if (!native.entries) {
    findings.fail(
      `"rcm" is ${describe(native.value)}; wanted a mapping of connection settings`,
      native.where,
    );
    return [];
  }
  const pairs: Pair[] = [];
  for (const [key, { where, value }] of native.entries) {
    const name = NAMES.find((name) => name === key);
    if (!name) {
      findings.fail(`Unknown key "${key}" in "rcm"; wanted ${NAMES.join(", ")}`, where, suggest(key, NAMES));
    } else if (isSet(value)) {
      pairs.push([name, { label: `rcm.${name}`, ...value }]);
    }
  }
  return pairs;
}

/** Nothing written, as in `ansible_user:`, leaves a setting to the next source. */
function isSet<T extends { readonly value: Value }>(variable: T | undefined): variable is T {
  return variable !== undefined && variable.value !== null;
}

function overrideSettings(overrides: ConnectionOverrides): readonly Pair[] {
  const given = {
    port: overrides.port,
    user: overrides.user,
    password: overrides.password,
    key: overrides.privateKey,
    known_hosts: overrides.knownHosts,
    host_key_checking: overrides.hostKeyChecking,
    connection: overrides.type,
    become: overrides.become,
    become_user: overrides.becomeUser,
    become_password: overrides.becomePassword,
  } satisfies Partial<Record<SettingName, Value | undefined>>;
  return NAMES.flatMap((name) => {
    const value = (given as Partial<Record<SettingName, Value>>)[name];
    if (value === undefined) return [];
    return [[name, { label: `${name} on the command line`, value, where: undefined }] as const];
  });
}
