import { type Script, type ShellValue, sh } from "../shell/script.ts";
import type { Property } from "./property.ts";

/** How apt's programs are to be called. */
export interface AptCall {
  /** How long to wait for another program that holds apt's or dpkg's lock, in milliseconds. */
  readonly lockTimeout?: number | undefined;
  /** Further words for `apt-get`. */
  readonly options?: readonly string[] | undefined;
}

/** What apt says in other words than rcm's users know, and what they can do about it. */
const HINTS: ReadonlyArray<readonly [string, string]> = [
  ["are you root", "apt needs root: set become"],
  ["without --allow-downgrades", "set allowDowngrade"],
  ["without --allow-change-held-packages", "set allowChangeHeldPackages"],
  ["without --allow-unauthenticated", "set allowUnauthenticated"],
  ["Unable to locate package", "updateCache fetches new package lists"],
  ["has no installation candidate", "updateCache fetches new package lists"],
];

/**
 * Runs `apt-get`: asks nothing, waits for the lock, and ends its standard error with a line that says why it failed. The
 * words may hold `"$@"`.
 */
export function aptGet(words: ShellValue, { lockTimeout = 60_000, options = [] }: AptCall = {}): Script {
  return sh`rcm_apt() (
command -v apt-get >/dev/null || { echo "there is no apt-get on the host" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none LC_ALL=C
s=${Math.ceil(lockTimeout / 1000)}; t=$(($(date +%s) + s))
e=$(mktemp); trap 'rm -f "$e"' EXIT; trap 'exit 1' HUP INT TERM
while :; do
r=0; apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout="$s" "$@" 2>"$e" || r=$?
cat "$e" >&2
[ $r != 0 ] || exit 0
grep -q -e 'Could not get lock' -e 'another process' "$e" || break
if [ "$(date +%s)" -ge "$t" ]; then
echo "another program holds the lock, and still did after $s s: $(grep -m 1 -e lock "$e")" >&2; exit 1
fi
sleep 1
done
u=$(apt-get -s -q "$@" 2>/dev/null | sed -n '/unmet dependencies/,$p' | tr -s ' \\n' ' ')
w="$u$(sed -e '/^W: /d' -e '/^debconf: /d' -e '/^ *$/d' "$e" | tail -n 8 | tr -s ' \\n' ' ')"
case $w in
${sh.raw(HINTS.map(([said, hint]) => `*"${said}"*) w="$w(${hint})" ;;`).join("\n"))}
esac
echo "$w" >&2; exit 1
)
rcm_apt ${[...options]} ${words}`;
}

/**
 * The property that apt's package lists are not older than the sources, nor than so many milliseconds; fetched where
 * they are.
 */
export function aptLists(valid: number | undefined, call: AptCall = {}): Property {
  // The time it takes from fetching them to looking again must not make them old.
  const age = valid === undefined ? undefined : Math.max(5, Math.ceil(valid / 1000));
  return {
    probe: sh.lines(
      sh`l=/var/lib/apt/lists`,
      sh`if ! ls $l/*_* >/dev/null 2>&1; then echo missing; exit 0; fi`,
      sh`if [ -n "$(find /etc/apt/sources.list /etc/apt/sources.list.d -newer $l 2>/dev/null)" ]; then echo "older than the sources"; exit 0; fi`,
      age !== undefined &&
        sh`t=0; for f in $l /var/lib/apt/periodic/update-success-stamp; do m=$(stat -c %Y $f 2>/dev/null) && [ "$m" -gt $t ] && t=$m; done
a=$(($(date +%s) - t)); if [ $a -lt 0 ] || [ $a -gt ${age} ]; then echo "$a s old"; exit 0; fi`,
      sh`echo fresh`,
    ),
    want: "fresh",
    // Where nothing is new apt leaves the folder's time as it is; and where a source fails it warns and is content.
    apply: sh.lines(aptGet(sh`-o APT::Update::Error-Mode=any update`, call), sh`touch /var/lib/apt/lists`),
  };
}

/** Packages as apt is to have them: names, with `=VERSION` where one is wanted, which may end with `*`. */
export interface AptWish {
  readonly packages: readonly string[];
  readonly state: "present" | "absent" | "latest";
  /** Absent means without configuration files, too. */
  readonly purge?: boolean | undefined;
  /** With the state latest: leave alone what is not installed. */
  readonly onlyUpgrade?: boolean | undefined;
  /** The release that versions come from, such as `bookworm-backports`. */
  readonly release?: string | undefined;
}

/** The property that packages are installed, or are not: a line for each. */
export function aptPackages(wish: AptWish, call: AptCall = {}): Property {
  const wants = wish.packages.map((one) => wantedLine(one, wish.state));
  const probe = probePackages(wish);
  const verb = wish.state !== "absent" ? "install" : wish.purge ? "purge" : "remove";
  return {
    probe,
    want: wants.join("\n"),
    // Those that are right are left out: apt-get would upgrade them.
    apply: sh.lines(
      sh`todo=" $({ ${probe}
} | grep -vxF ${wants.flatMap((line) => ["-e", line])} | cut -d ' ' -f 1 | tr '\\n' ' ')"`,
      sh`set --; for w in ${[...wish.packages]}; do case $todo in *" \${w%%=*} "*) set -- "$@" "$w" ;; esac; done`,
      aptGet(
        sh`${wish.release === undefined ? [] : ["-o", `APT::Default-Release=${wish.release}`]} ${verb} ${wish.onlyUpgrade ? ["--only-upgrade"] : []} -- "$@"`,
        call,
      ),
    ),
    show:
      wants.length > 1
        ? { text: true, value: (lines) => `${lines}\n` }
        : { text: false, value: (line) => line },
  };
}

function wantedLine(one: string, state: AptWish["state"]): string {
  const [name = "", version] = one.split(/=(.*)/s);
  return `${name} ${version ?? state}`;
}

/** One look at dpkg's database, and with the state latest one at apt's. */
function probePackages({ packages, state, purge, onlyUpgrade, release }: AptWish): Script {
  const names = packages.map((one) => one.replace(/=.*/s, ""));
  const from = release === undefined ? [] : ["-o", `APT::Default-Release=${release}`];
  return sh`{ printf '%s\\n' ${[...packages]}; echo --
dpkg-query -W -f '\${Package}:\${Architecture}\\t\${db:Status-Status}\\t\${Version}\\t\${Provides}\\n' 2>/dev/null
${state === "latest" ? sh`echo --; LC_ALL=C apt-cache ${from} policy ${names} 2>/dev/null` : sh`:`}
} | awk -v state=${state} -v purge=${purge ? 1 : 0} -v only=${onlyUpgrade ? 1 : 0} ${AWK}`;
}

const AWK = String.raw`
BEGIN { FS = "\t" }
$0 == "--" { part++; next }
!part { n++; name[n] = wanted[n] = $0; sub(/=.*/, "", name[n]); if (!sub(/^[^=]*=/, "", wanted[n])) wanted[n] = ""; next }
part == 1 {
  is = $2 ~ /^triggers-/ ? "installed" : $2
  see($1); see(substr($1, 1, index($1, ":") - 1))
  if (is == "installed") { m = split($4, p, /, */); for (i = 1; i <= m; i++) { sub(/ .*/, "", p[i]); provided[p[i]] = 1 } }
  next
}
/^[^ ]/ { package = $0; sub(/:$/, "", package) }
/^  Candidate: / { candidate[package] = substr($0, 14) }
function see(key) { if (has[key] != "installed") { has[key] = is; version[key] = $3 } }
function fits(v, w) { return w ~ /\*$/ ? index(v, substr(w, 1, length(w) - 1)) == 1 : v == w }
function told(key, w,   s, v, c) {
  s = has[key]; v = version[key]
  if (s == "" || s == "not-installed" || (s == "config-files" && !(state == "absent" && purge))) s = "absent"
  if (state == "absent") return s == "installed" ? v : s
  if (w != "") return s != "installed" ? s : fits(v, w) ? w : v
  if (state == "present") return s == "installed" || (s == "absent" && key in provided) ? "present" : s
  if (s != "installed") return s == "absent" && only ? "latest" : s
  c = candidate[key]
  return c == "" || c == "(none)" || c == v ? "latest" : v " (" c " is available)"
}
END { for (i = 1; i <= n; i++) print name[i], told(name[i], wanted[i]) }`;
