import { defineModule, type Property, type Script, sh, text, z } from "../src/index.ts";

const formula = text.regex(
  /^[A-Za-z0-9][A-Za-z0-9@_.+/-]*$/,
  'wanted a formula or cask such as "git", "node@20" or "me/tap/tool"',
);
const tapName = text.regex(/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/, 'wanted a tap such as "me/tap"');
const listOf = (item: z.ZodType<string, string>) =>
  z.union([item, z.array(item).min(1)]).transform((value) => [value].flat());

const options = z
  .strictObject({
    name: listOf(formula).optional().describe("a formula or cask, or a list of them"),
    state: z
      .enum(["present", "absent", "latest", "linked", "unlinked"])
      .default("present")
      .describe("`latest`: as new as brew has it; `linked`, `unlinked`: present, and (not) in the path"),
    cask: z.boolean().default(false).describe("the names are casks: applications for macOS"),
    greedy: z.boolean().default(false).describe("with the state latest: also casks that update themselves"),
    tap: listOf(tapName)
      .optional()
      .describe("taps that must be there first; with the state absent and no name, must not"),
    tapUrl: text
      .regex(/^[^-\s]\S*$/, "wanted the address of a git repository")
      .optional()
      .describe("where a single tap's repository is, if it is not on GitHub"),
    installOptions: z
      .array(text.regex(/^--?[A-Za-z]/, "wanted an option such as --HEAD"))
      .default([])
      .describe("further words for `brew install`: `--HEAD`"),
    autoUpdate: z
      .boolean()
      .default(true)
      .describe("let brew update its own knowledge when it installs something, as it does by itself"),
    upgradeAll: z.boolean().default(false).describe("upgrade everything that is outdated"),
  })
  .refine(
    ({ name, tap, upgradeAll }) => name ?? tap ?? upgradeAll,
    "nothing to do: wanted name, tap or upgradeAll",
  )
  .refine(({ tap, tapUrl }) => !tapUrl || tap?.length === 1, "tapUrl goes with a single tap")
  .refine(
    ({ greedy, cask, state }) => !greedy || (cask && state === "latest"),
    "greedy goes with casks and the state latest only",
  )
  .refine(
    ({ cask, state }) => !cask || !state.endsWith("linked"),
    "casks are not linked: linked and unlinked are states of formulae",
  );

type Options = z.output<typeof options>;

/** Manages packages with Homebrew. */
export const brew = defineModule({
  name: "brew",
  category: "Packages",
  summary: "Installs, upgrades and removes formulae and casks with Homebrew, and manages its taps.",
  example: 'brew({ name: ["git", "jq"], state: "latest" })',
  options,
  properties: (wanted) => {
    const { name, tap, state, upgradeAll } = wanted;
    return {
      ...(tap === undefined ? {} : { taps: taps(wanted, tap) }),
      ...(name === undefined ? {} : { packages: packages(wanted, name) }),
      ...(name === undefined || !state.endsWith("linked") ? {} : { links: links(wanted, name) }),
      ...(upgradeAll ? { outdated: outdated(wanted) } : {}),
    };
  },
});

/** The path of a session without a terminal lacks brew's folder; and what is missing may come with a step before. */
function setting({ autoUpdate }: Options): Script {
  return sh`PATH=$PATH:/opt/homebrew/bin:/usr/local/bin:/home/linuxbrew/.linuxbrew/bin
export HOMEBREW_NO_ENV_HINTS=1 HOMEBREW_NO_COLOR=1 NONINTERACTIVE=1 ${autoUpdate ? [] : ["HOMEBREW_NO_AUTO_UPDATE=1"]}`;
}

function probing(wanted: Options, otherwise: Script, probe: Script): Script {
  return sh.lines(setting(wanted), sh`if ! command -v brew >/dev/null; then ${otherwise}; exit 0; fi`, probe);
}

function applying(wanted: Options, apply: Script): Script {
  return sh.lines(
    setting(wanted),
    sh`command -v brew >/dev/null || { echo "there is no brew on the host: see https://brew.sh" >&2; exit 1; }`,
    apply,
  );
}

const lines: NonNullable<Property["show"]> = { text: true, value: (all) => (all === "" ? "" : `${all}\n`) };
const asLines = (names: readonly string[]): NonNullable<Property["show"]> =>
  names.length > 1 ? lines : { text: false, value: (line) => line };

function taps(wanted: Options, names: readonly string[]): Property {
  const isAbsent = wanted.state === "absent" && wanted.name === undefined;
  const want = isAbsent ? "absent" : "present";
  // Brew writes them in lower case.
  const each = names.map((one) => one.toLowerCase());
  const url = wanted.tapUrl === undefined ? [] : [wanted.tapUrl];
  return {
    probe: probing(
      wanted,
      sh`for n in ${each}; do echo "$n absent"; done`,
      sh`t=$(brew tap) || exit 126
for n in ${each}; do if printf '%s\\n' "$t" | grep -qxF -e "$n"; then echo "$n present"; else echo "$n absent"; fi; done`,
    ),
    want: each.map((one) => `${one} ${want}`).join("\n"),
    apply: applying(
      wanted,
      sh`t=$(brew tap)
for n in ${each}; do if printf '%s\\n' "$t" | grep -qxF -e "$n"; then ${isAbsent ? sh`brew untap "$n"` : sh`:`}; else ${isAbsent ? sh`:` : sh`brew tap "$n" ${url}`}; fi; done`,
    ),
    show: asLines(each),
  };
}

/** What tells whether `$n` is as wanted. */
function isRight({ state, cask, greedy }: Options): Script {
  const kind = cask ? "--cask" : "--formula";
  const isThere = sh`brew list --versions ${kind} "$n" >/dev/null 2>&1`;
  return state === "latest"
    ? sh`${isThere} && [ -z "$(brew outdated --quiet ${kind} ${greedy ? ["--greedy"] : []} "$n" 2>/dev/null)" ]`
    : isThere;
}

function packages(wanted: Options, names: readonly string[]): Property {
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
function links(wanted: Options, names: readonly string[]): Property {
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

function outdated(wanted: Options): Property {
  return {
    probe: probing(wanted, sh`echo "no brew"`, sh`brew outdated --quiet`),
    want: "",
    apply: applying(wanted, sh`brew upgrade`),
    show: lines,
  };
}
