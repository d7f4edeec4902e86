import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";
import { applying, asLines, lines, probing } from "./with-brew.ts";

/** What tells whether `$n` is as wanted. */
function isRight({ state, cask, greedy }: Options): Script {
  const kind = cask ? "--cask" : "--formula";
  const isThere = sh`brew list --versions ${kind} "$n" >/dev/null 2>&1`;
  return state === "latest"
    ? sh`${isThere} && [ -z "$(brew outdated --quiet ${kind} ${greedy ? ["--greedy"] : []} "$n" 2>/dev/null)" ]`
    : isThere;
}

/** The formulae or casks are as the state says. */
export function packages(wanted: Options, names: readonly string[]): Property {
  const { state, cask, greedy, installOptions } = wanted;
  const kind = cask ? "--cask" : "--formula";
  const want = state === "absent" || state === "latest" ? state : "present";
  const isThere = sh`v=$(brew list --versions ${kind} "$n" 2>/dev/null)`;
  const right = isRight(wanted);
  const upgrade = sh`brew upgrade ${kind} ${greedy ? ["--greedy"] : []} "$n"`;
  const install = sh`brew install ${kind} ${installOptions} "$n"`;
  return {
    probe: probing(
      wanted,
      sh`for n in ${[...names]}; do echo "$n absent"; done`,
      sh`for n in ${[...names]}; do if ! ${isThere} || [ -z "$v" ]; then echo "$n absent"; elif ${state === "absent" ? sh`false` : right}; then echo "$n "${want}; else echo "$n \${v#* }"; fi; done`,
    ),
    want: names.map((one) => `${one} ${want}`).join("\n"),
    apply: applying(
      wanted,
      state === "absent"
        ? sh`for n in ${[...names]}; do if ${right}; then brew uninstall ${kind} "$n"; fi; done`
        : sh`for n in ${[...names]}; do if ${right}; then :; elif ${isThere} && [ -n "$v" ]; then ${upgrade}; else ${install}; fi; done`,
    ),
    show: asLines(names),
  };
}

/** A formula is linked when brew keeps a link of its name in `linked`. */
export function links(wanted: Options, names: readonly string[]): Property {
  const verb = wanted.state === "linked" ? "link" : "unlink";
  return {
    probe: probing(
      wanted,
      sh`for n in ${[...names]}; do echo "$n unlinked"; done`,
      sh`d=$(brew --prefix)/var/homebrew/linked
for n in ${[...names]}; do if [ -e "$d/\${n##*/}" ]; then echo "$n linked"; else echo "$n unlinked"; fi; done`,
    ),
    want: names.map((one) => `${one} ${wanted.state}`).join("\n"),
    apply: applying(wanted, sh`for n in ${[...names]}; do brew ${verb} "$n"; done`),
    show: asLines(names),
  };
}

/** Nothing is outdated. */
export function outdated(wanted: Options): Property {
  return {
    probe: probing(wanted, sh`echo "no brew"`, sh`brew outdated --quiet`),
    want: "",
    apply: applying(wanted, sh`brew upgrade`),
    show: lines,
  };
}
