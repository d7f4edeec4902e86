import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** The path of a session without a terminal lacks brew's folder; and what is missing may come with a step before. */
function setting({ autoUpdate }: Options): Script {
  return sh`PATH=$PATH:/opt/homebrew/bin:/usr/local/bin:/home/linuxbrew/.linuxbrew/bin
export HOMEBREW_NO_ENV_HINTS=1 HOMEBREW_NO_COLOR=1 NONINTERACTIVE=1 ${autoUpdate ? [] : ["HOMEBREW_NO_AUTO_UPDATE=1"]}`;
}

/** Looks with brew; without one, what the other script says is the answer. */
export function probing(wanted: Options, otherwise: Script, probe: Script): Script {
  return sh.lines(setting(wanted), sh`if ! command -v brew >/dev/null; then ${otherwise}; exit 0; fi`, probe);
}

/** Does it with brew. */
export function applying(wanted: Options, apply: Script): Script {
  return sh.lines(
    setting(wanted),
    sh`command -v brew >/dev/null || { echo "there is no brew on the host: see https://brew.sh" >&2; exit 1; }`,
    apply,
  );
}

/** Shown as lines. */
export const lines: NonNullable<Property["show"]> = {
  text: true,
  value: (all) => (all === "" ? "" : `${all}\n`),
};

/** One name is shown as it is, several as lines. */
export const asLines = (names: readonly string[]): NonNullable<Property["show"]> =>
  names.length > 1 ? lines : { text: false, value: (line) => line };
