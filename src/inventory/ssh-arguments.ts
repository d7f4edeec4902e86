import type { Findings } from "./findings.ts";
import type { Located, Variables } from "./located.ts";
import type { Setting, SettingName } from "./setting-names.ts";

const VARIABLES = ["ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"];

/**
 * Reads the arguments that Ansible would give to the `ssh` program. What rcm cannot honour is an error: a
 * jump host or a proxy that is left out would lead to another machine, or to none.
 */
export function sshArguments(vars: Variables, findings: Findings): ReadonlyMap<SettingName, Setting> {
  const settings = new Map<SettingName, Setting>();
  for (const label of VARIABLES) {
    const variable = vars.get(label);
    if (!variable || variable.value === null) continue;
    for (const [name, value] of parse(label, variable, findings)) {
      // As in ssh, the first one counts.
      if (!settings.has(name))
        settings.set(name, { label: `${name} in ${label}`, value, where: variable.where });
    }
  }
  return settings;
}

type Found = readonly [SettingName, string];

function parse(label: string, { value, where }: Located, findings: Findings): readonly Found[] {
  const words = typeof value === "string" && !value.includes("{{") ? split(value) : undefined;
  if (!words) {
    const wanted = "one line of arguments for ssh, without templates and with its quotes closed";
    findings.fail(`${label} is ${JSON.stringify(value)}; wanted ${wanted}`, where);
    return [];
  }
  const found: Found[] = [];
  while (words.length > 0) {
    const argument = takeArgument(words);
    const setting = settingOf(argument);
    if (setting) found.push(setting);
    else findings.fail(`${label} has "${argument.join(" ")}", which is not supported yet`, where, SUPPORTED);
  }
  return found;
}

const SUPPORTED =
  "Supported are -i, -l, -p and -o with IdentityFile, User, Port, UserKnownHostsFile or StrictHostKeyChecking";

/** Takes an option with its value off the words: `-p 22`, `-p22`, or a word that needs no other. */
function takeArgument(words: string[]): readonly [string, string?] {
  const word = words.shift() ?? "";
  const [, option, attached] = /^(-[iloFJp])(.*)$/s.exec(word) ?? [];
  if (option === undefined || attached === undefined) return [word];
  const value = attached === "" ? words.shift() : attached;
  return value === undefined ? [option] : [option, value];
}

function settingOf([option, value]: readonly [string, string?]): Found | undefined {
  if (value === undefined) return undefined;
  if (option === "-i") return ["key", value];
  if (option === "-l") return ["user", value];
  if (option === "-p") return ["port", value];
  const [, keyword = "", given = ""] = /^\s*(\w+)\s*[=\s]\s*(.*)$/s.exec(option === "-o" ? value : "") ?? [];
  const name = KEYWORDS.get(keyword.toLowerCase());
  // Several files, or asking, which a run without a terminal cannot do.
  if (name === "known_hosts" && /\s/.test(given)) return undefined;
  if (name === "host_key_checking" && given === "ask") return undefined;
  return name && [name, given];
}

const KEYWORDS: ReadonlyMap<string, SettingName> = new Map([
  ["identityfile", "key"],
  ["user", "user"],
  ["port", "port"],
  ["userknownhostsfile", "known_hosts"],
  ["stricthostkeychecking", "host_key_checking"],
]);

/** Splits a line as a shell does, quotes and backslashes included; undefined when a quote stays open. */
function split(line: string): string[] | undefined {
  const words = line.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs) ?? [];
  const unread = line.replaceAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs, "");
  return unread.trim() === "" ? words.map(unquote) : undefined;
}

function unquote(word: string): string {
  return word.replaceAll(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs, (_, escaped, double, single) => {
    return escaped ?? single ?? String(double).replaceAll(/\\(["\\$`])/g, "$1");
  });
}
