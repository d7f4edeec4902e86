import { type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** A package manager: each script gets the names as `"$@"`, but for the tests, which get one as `"$n"`. */
export interface Manager {
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

/** What to do on a host with each manager. */
export function byManager(
  { use }: Options,
  apt: Script,
  other: (manager: Manager) => Script,
  none: Script,
): Script {
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

/** What there is to say where the host has none. */
export const missing = sh`echo "there is no package manager on the host: looked for \${p:-apt-get, dnf, yum, apk, pacman and brew}" >&2; exit 1`;
