import { createHash } from "node:crypto";
import { z } from "zod";
import { type Script, sh } from "../shell/script.ts";
import { text } from "./kit.ts";
import type { Secrets } from "./secrets.ts";

/** Names and values, such as variables and labels of a container. */
export type Pairs = Readonly<Record<string, string>>;

/** A value that engines read from a file as it is: they take some of them apart that are quoted. */
const isPlain = (value: string): boolean => /^(?![\s"'])[^\n\r]*$/.test(value);

/** Names of variables that mean something to the engine, to what it runs on, or to the script that starts it. */
const TAKEN = /^(?:PATH|HOME|TMPDIR|IFS|ENV|LD_\w*|DOCKER_\w*|CONTAINERS?_\w*|XDG_\w*|GO\w*|[a-z]|rcm_\w*)$/;
const isFree = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !TAKEN.test(name);

const pairs = (what: string) =>
  z
    .record(text, z.union([text, z.number(), z.boolean()]).transform(String))
    .refine(
      (values) => Object.keys(values).every((key) => /^[^=\s#-][^=\s]*$/.test(key)),
      `wanted names of ${what} without = and spaces`,
    );

/** Option schema: environment variables of a container. */
export const engineVariables = pairs("variables").refine(
  (values) => Object.entries(values).every(([key, value]) => isPlain(value) || isFree(key)),
  "a value of several lines, or one that begins with a quote or a space, needs a name of letters, digits and _ that means nothing to the engine itself",
);

/** Option schema: labels of a container. */
export const engineLabels = pairs("labels").refine(
  (values) => Object.values(values).every(isPlain),
  "wanted values of a single line that begin with no quote or space",
);

/**
 * Values of variables reach an engine by pipes and by its environment, but some names as arguments.
 *
 * @throws Error when a name holds a secret
 */
export function checkVariableNames(names: readonly string[], secrets: Secrets): void {
  const secret = secrets.names.find((one) => names.some((name) => name.includes(secrets.get(one))));
  if (secret !== undefined)
    throw new Error(
      `the name of a variable holds the secret "${secret}", which could show in the host's list of processes`,
    );
}

/**
 * A call of a container engine, given variables and labels such that no list of processes shows them: through pipes, and
 * what would be misread there through the engine's own environment, which only its user can see.
 *
 * @param engine the command and its first words: `"$e" create`
 */
export function withPairs(engine: Script, variables: Pairs, labels: Pairs, more: Script): Script {
  const all = Object.entries(variables);
  const lines = (some: ReadonlyArray<readonly [string, string]>): string =>
    some.map(([key, value]) => `${key}=${value}\n`).join("");
  const odd = all.filter(([, value]) => !isPlain(value));
  const plain = all.filter(([, value]) => isPlain(value));
  return sh`( ${sh.lines(...odd.map(([key, value]) => sh`${sh.raw(key)}=${value}; export ${sh.raw(key)}`))}
rcm_put ${lines(plain)} | { rcm_put ${lines(Object.entries(labels))} |
${engine} --env-file=/dev/fd/8 --label-file=/dev/stdin ${odd.flatMap(([key]) => ["--env", key])} ${more}; } 8<&0 )`;
}

/**
 * Settings of a container as text, a line each. Of what is hidden only a hash is told: it shows that a value differs, and
 * what stood there before may have been a secret that nobody knows of any more.
 *
 * @param hidden keys of objects whose values are not shown
 */
export function settingLines(settings: Readonly<Record<string, unknown>>, hidden: readonly string[]): string {
  const lines = (key: string, value: unknown): string[] => {
    if (value === undefined || value === false) return [];
    // The words of a command belong together.
    if (Array.isArray(value) && key !== "command") return value.map((one) => `${key}: ${shown(one)}`);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return [`${key}: ${shown(value)}`];
    return Object.entries(value as Pairs)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => `${key}.${name}: ${hidden.includes(key) ? hashOf(one) : JSON.stringify(one)}`);
  };
  return Object.entries(settings)
    .flatMap(([key, value]) => lines(key, value))
    .map((line) => `${line}\n`)
    .join("");
}

function shown(value: unknown): string {
  return typeof value === "string" && !/\p{Cc}/u.test(value) ? value : JSON.stringify(value);
}

function hashOf(value: string): string {
  return `(sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}…)`;
}
