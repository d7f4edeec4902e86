import { aptGet, type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

interface Call {
  readonly lockTimeout: number;
  readonly options: readonly string[];
}

/** What is said to apt-get at every call. */
export function flags(wanted: Options): readonly string[] {
  const { installRecommends, dpkgOptions, hold } = wanted;
  return [
    ...dpkgOptions.flatMap((option) => ["-o", `Dpkg::Options::=--${option}`]),
    ...(installRecommends === undefined ? [] : ["-o", `APT::Install-Recommends=${installRecommends}`]),
    ...(wanted.allowDowngrade ? ["--allow-downgrades"] : []),
    // What this very step puts on hold, it may change.
    ...(wanted.allowChangeHeldPackages || hold !== undefined ? ["--allow-change-held-packages"] : []),
    ...(wanted.allowUnauthenticated ? ["--allow-unauthenticated"] : []),
  ];
}

/** Everything is as new as apt can have it. */
export function upgrades({ upgrade, defaultRelease }: Options, call: Call): Property {
  const from = defaultRelease === undefined ? [] : ["-o", `APT::Default-Release=${defaultRelease}`];
  const words = upgrade === "safe" ? ["upgrade", "--with-new-pkgs"] : ["dist-upgrade"];
  return simulated(sh`${from} ${words}`, call);
}

/** What apt-get says that it would do, a line for each package; nothing is wanted. */
export function simulated(words: Script, call: Call): Property {
  return {
    probe: sh`o=$(LC_ALL=C apt-get -q -s -o Debug::NoLocking=1 ${[...call.options]} ${words}) || exit 126
printf '%s\\n' "$o" | sed -n -e 's/^Inst \\([^ ]*\\) \\[\\([^]]*\\)\\] (\\([^ ]*\\).*/upgrade \\1 \\2 to \\3/p' -e 's/^Inst \\([^ ]*\\) (\\([^ ]*\\).*/install \\1 \\2/p' -e 's/^\\(Remv\\|Purg\\) \\([^ ]*\\).*/remove \\2/p' -e 's/^Del \\([^ ]* [^ ]*\\).*/delete \\1/p'`,
    want: "",
    apply: aptGet(words, call),
    show: { text: true, value: (lines) => (lines === "" ? "" : `${lines}\n`) },
  };
}

/** Compared by the name and version that the file itself tells. */
export function fromFile(deb: string, call: Call): Property {
  const file = deb.includes("/") ? deb : `./${deb}`;
  return {
    probe: sh`if ! [ -f ${file} ]; then echo "there is no file "${file}; exit 0; fi
p=$(dpkg-deb -f ${file} Package) && v=$(dpkg-deb -f ${file} Version) && a=$(dpkg-deb -f ${file} Architecture) || exit 126
[ "$a" = all ] || p=$p:$a
i=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' "$p" 2>/dev/null)
case $i in "installed $v" | "triggers-"*" $v") echo installed ;; installed*) echo "$p \${i#* } instead of $v" ;; *) echo "$p absent" ;; esac`,
    want: "installed",
    apply: sh.lines(
      sh`[ -f ${file} ] || { echo "there is no file "${file}; exit 1; } >&2`,
      aptGet(sh`install -- ${file}`, call),
    ),
  };
}

/** Whether packages are on hold. */
export function held(packages: readonly string[], hold: boolean): Property {
  const names = packages.map((one) => one.replace(/=.*/s, ""));
  return {
    probe: sh`apt-mark showhold ${names} 2>/dev/null | LC_ALL=C sort`,
    want: hold ? [...new Set(names)].sort().join("\n") : "",
    apply: sh`apt-mark ${hold ? "hold" : "unhold"} ${names} >/dev/null`,
    show: { text: false, value: (lines) => lines.replaceAll("\n", ", ") || "none" },
  };
}

/** No package files are kept. */
export function stored(call: Call): Property {
  return {
    probe: sh`eval "$(apt-config shell d Dir::Cache::archives/d)"; find "$d" -maxdepth 1 -name '*.deb' | wc -l | tr -d ' '`,
    want: "0",
    apply: aptGet(sh`clean`, call),
    show: { text: false, value: (count) => `${count} files` },
  };
}
