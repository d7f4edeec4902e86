import { type Command, InvalidArgumentError, Option } from "commander";

/** A set of flags that several commands share. */
export type FlagSet = readonly Option[];

const repeatable = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

const count =
  (name: string, from: number, to: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < from || number > to)
      throw new InvalidArgumentError(`${name} is a whole number from ${from} to ${to}.`);
    return number;
  };

const seconds = (value: string): number => {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError("It is a number of seconds.");
  return number;
};

/** Every long flag can be given by its environment variable too: RCM_FORKS for --forks. */
const flag = (names: string, description: string): Option => {
  const long = /--([a-z-]+)/.exec(names)?.[1] ?? "";
  return new Option(names, description).env(`RCM_${long.toUpperCase().replaceAll("-", "_")}`);
};

const plain = (names: string, description: string): Option => new Option(names, description);

/** Which hosts. */
export const INVENTORY: FlagSet = [
  flag("-i, --inventory <source>", "inventory file, or hosts with commas (repeatable)").argParser(repeatable),
  flag("-l, --limit <pattern>", "only these hosts"),
];

/** Values for a runbook's params. */
export const PARAMS: FlagSet = [
  plain("-e, --var <name=value>", "a param, or {json}, or @file (repeatable)").argParser(repeatable),
  plain("--var-file <file>", "params from a .json, .yaml or .hcl file (repeatable)").argParser(repeatable),
];

/** How to reach hosts. */
export const CONNECTION: FlagSet = [
  flag("-u, --user <name>", "log in as this user"),
  flag("-p, --port <port>", "SSH port").argParser(count("The port", 1, 65_535)),
  flag("--private-key <file>", "private key"),
  flag("-c, --connection <type>", "how to connect").choices(["ssh", "local"]),
  plain("-k, --ask-pass", "ask for the login password"),
  flag("--pass-file <file>", "read the login password from a file"),
  flag("-b, --become", "run as another user (root)"),
  flag("--become-user <name>", "the user to become"),
  plain("-K, --ask-become-pass", "ask for sudo's password"),
  flag("--become-pass-file <file>", "read sudo's password from a file"),
  flag("-T, --connect-timeout <seconds>", "a host must answer within this time (10)").argParser(seconds),
  flag("--auth-timeout <seconds>", "a login must be through within this time (30)").argParser(seconds),
  flag("--host-key-checking <policy>", "what to do about host keys").choices(["strict", "accept-new", "off"]),
  flag("--known-hosts <file>", "file of known host keys, instead of the usual ones"),
];

/** How to run. */
export const RUN: FlagSet = [
  flag("-f, --forks <n>", "hosts at work at once (50)").argParser(count("The number of forks", 1, 10_000)),
  plain("--no-fuse", "send every step by itself, as when looking for trouble"),
  plain("--detailed-exitcode", "exit with 10 when something changed, or would"),
];

/** How to show it. */
export const OUTPUT: FlagSet = [
  flag("--format <format>", "tree on a terminal, else plain").choices(["tree", "plain", "log", "ndjson"]),
  plain("-D, --diff", "show what changed (plan always does)"),
  plain("--profile", "show at the end what the time went into"),
  plain("--no-color", "no colours"),
  flag("--color <when>", "colours").choices(["auto", "always", "never"]),
  plain("-v, --verbose", "show more (repeatable)").argParser(
    (_value: string, before: number | undefined) => (before ?? 0) + 1,
  ),
];

/** Adds flags to a command. */
export function addFlags(command: Command, ...sets: readonly FlagSet[]): Command {
  for (const option of sets.flat()) command.addOption(option);
  return command;
}
