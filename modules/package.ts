import {
  aptLists,
  aptPackages,
  defineModule,
  type Property,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

const packageName = text.regex(
  /^[A-Za-z0-9@_][A-Za-z0-9@_.+:/~-]*$/,
  "wanted the name of a package; versions and other particulars are for the manager's own module",
);

/** An index of packages that is older than this is fetched anew, in milliseconds. */
const VALID = 3_600_000;

/** A package manager: each script gets the names as `"$@"`, but for the tests, which get one as `"$n"`. */
interface Manager {
  readonly program: string;
  readonly isThere: Script;
  readonly isOutdated: Script;
  readonly install: Script;
  readonly upgrade: Script;
  readonly remove: Script;
  /** A folder that is touched when the index was fetched; undefined where the manager sees to the index itself. */
  readonly index?: { readonly folder: string; readonly fetch: Script };
}

const dnf = (program: string): Manager => ({
  program,
  isThere: sh`rpm -q --whatprovides -- "$n" >/dev/null 2>&1`,
  isOutdated: sh`! { ${sh.raw(program)} -q check-update "$n" >/dev/null 2>&1 || [ $? != 100 ]; }`,
  install: sh`${sh.raw(program)} -y install "$@"`,
  upgrade: sh`${sh.raw(program)} -y install "$@" && ${sh.raw(program)} -y upgrade "$@"`,
  remove: sh`${sh.raw(program)} -y remove "$@"`,
});

const MANAGERS: Readonly<Record<string, Manager>> = {
  dnf: dnf("dnf"),
  yum: dnf("yum"),
  apk: {
    program: "apk",
    isThere: sh`apk info -e "$n" >/dev/null 2>&1`,
    isOutdated: sh`[ -n "$(apk version -q -l '<' "$n" 2>/dev/null)" ]`,
    install: sh`apk add "$@"`,
    upgrade: sh`apk add -u "$@"`,
    remove: sh`apk del "$@"`,
    index: { folder: "/var/cache/apk", fetch: sh`apk update` },
  },
  pacman: {
    program: "pacman",
    isThere: sh`pacman -Qq -- "$n" >/dev/null 2>&1`,
    isOutdated: sh`pacman -Quq -- "$n" >/dev/null 2>&1`,
    install: sh`pacman -S --noconfirm --needed -- "$@"`,
    upgrade: sh`pacman -S --noconfirm --needed -- "$@"`,
    remove: sh`pacman -R --noconfirm -- "$@"`,
    index: { folder: "/var/lib/pacman/sync", fetch: sh`pacman -Sy` },
  },
  brew: {
    program: "brew",
    isThere: sh`brew list --versions -- "$n" >/dev/null 2>&1`,
    isOutdated: sh`[ -n "$(brew outdated --quiet -- "$n" 2>/dev/null)" ]`,
    install: sh`brew install -- "$@"`,
    upgrade: sh`brew upgrade -- "$@"`,
    remove: sh`brew uninstall -- "$@"`,
  },
};

const options = z.strictObject({
  name: z
    .union([packageName, z.array(packageName).min(1)])
    .transform((value) => [value].flat())
    .describe("a package or a list of them, as the host's package manager names them"),
  state: z.enum(["present", "absent", "latest"]).default("present").describe("whether they are installed"),
  use: z
    .enum(["auto", "apt", "dnf", "yum", "apk", "pacman", "brew"])
    .default("auto")
    .describe("the package manager; `auto`: the first of these that the host has"),
  updateCache: z
    .boolean()
    .default(false)
    .describe("fetch the index of packages first when it is older than an hour"),
});

type Options = z.output<typeof options>;

/** Manages packages with whatever package manager the host has. */
export const packages = defineModule({
  name: "package",
  category: "Packages",
  summary: "Installs and removes packages with the host's own manager: apt, dnf, yum, apk, pacman or brew.",
  example: 'packages({ name: ["git", "rsync"] })',
  options,
  properties: (wanted) => ({
    ...(wanted.updateCache ? { index: index(wanted) } : {}),
    packages: installed(wanted),
  }),
});

/** What to do on a host with each manager. */
function byManager({ use }: Options, apt: Script, other: (manager: Manager) => Script, none: Script): Script {
  const cases = Object.entries(MANAGERS).map(
    ([name, manager]) => sh`${sh.raw(name)}) ${other(manager)}
;;`,
  );
  return sh`PATH=$PATH:/opt/homebrew/bin:/home/linuxbrew/.linuxbrew/bin
rcm_m=${use === "auto" ? "" : use}
[ -n "$rcm_m" ] || for p in apt-get dnf yum apk pacman brew; do if command -v $p >/dev/null; then rcm_m=\${p%-get}; break; fi; done
p=$rcm_m; [ "$p" != apt ] || p=apt-get
if [ -z "$p" ] || ! command -v "$p" >/dev/null; then
${none}
exit
fi
case $rcm_m in
apt) ${apt}
;;
${sh.lines(...cases)}
esac`;
}

const missing = sh`echo "there is no package manager on the host: looked for \${p:-apt-get, dnf, yum, apk, pacman and brew}" >&2; exit 1`;

function installed(wanted: Options): Property {
  const { name, state } = wanted;
  const property = aptPackages({ packages: name, state });
  const wants = name.map((one) => `${one} ${state}`);
  const words = (manager: Manager): Script =>
    state === "absent" ? manager.remove : state === "latest" ? manager.upgrade : manager.install;
  return {
    ...property,
    want: wants.join("\n"),
    probe: byManager(
      wanted,
      property.probe,
      (manager) => look(name, state, manager),
      sh`for n in ${name}; do echo "$n ?"; done`,
    ),
    apply: byManager(
      wanted,
      property.apply as Script,
      (
        manager,
      ) => sh`set --; for n in ${name}; do ${state === "absent" ? sh`if` : sh`if !`} { ${right(state, manager)}; }; then set -- "$@" "$n"; fi; done
${words(manager)}`,
      missing,
    ),
  };
}

function right(state: Options["state"], { isThere, isOutdated }: Manager): Script {
  return state === "latest" ? sh`${isThere} && ! { ${isOutdated}; }` : isThere;
}

function look(name: readonly string[], state: Options["state"], { isThere, isOutdated }: Manager): Script {
  const is =
    state === "latest"
      ? sh`if ${isOutdated}; then echo "$n outdated"; else echo "$n latest"; fi`
      : sh`echo "$n present"`;
  return sh`for n in ${[...name]}; do if ${isThere}; then ${is}; else echo "$n absent"; fi; done`;
}

function index(wanted: Options): Property {
  const { probe, apply } = aptLists(VALID);
  return {
    probe: byManager(
      wanted,
      probe,
      (manager) =>
        manager.index
          ? sh`if [ -n "$(find ${manager.index.folder} -prune -mmin -60 2>/dev/null)" ]; then echo fresh; else echo old; fi`
          : sh`echo fresh`,
      sh`echo "?"`,
    ),
    want: "fresh",
    apply: byManager(
      wanted,
      apply as Script,
      (manager) => (manager.index ? sh`${manager.index.fetch} && touch ${manager.index.folder}` : sh`:`),
      missing,
    ),
  };
}
