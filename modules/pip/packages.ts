import { type Property, type Script, sh } from "../../src/index.ts";
import { needed, pipFunction, there } from "./environment.ts";
import type { Options } from "./options.ts";

function wordsOf({ name = [], version, requirements, extraArgs, breakSystemPackages }: Options): Script {
  const wanted =
    requirements === undefined
      ? name.map((one) => (version === undefined ? one : `${one}==${version}`))
      : ["-r", requirements];
  return sh`${breakSystemPackages ? ["--break-system-packages"] : []} ${extraArgs} ${wanted}`;
}

/**
 * Pip itself says what it would install. For the state present it may not look beyond the host: then what is not there
 * cannot be found, and what is there needs no network.
 */
export function installed(wanted: Options): Property {
  const { state } = wanted;
  const words = wordsOf(wanted);
  const how = state === "latest" ? sh`--upgrade` : sh`--no-index`;
  return {
    probe: sh.lines(
      sh`if ! ${there(wanted)}; then echo "not installed"; exit 0; fi`,
      pipFunction(wanted),
      sh`o=$(rcm_pip install --dry-run ${how} ${words} 2>&1); r=$?
case $o in
*"no such option: --dry-run"*) echo "pip is too old to look without installing: 22.2 or newer is wanted" >&2; exit 126 ;;
*externally-managed-environment*) echo "the system's package manager keeps this Python: use virtualenv, or set breakSystemPackages" >&2; exit 126 ;;
esac
w=$(printf '%s\\n' "$o" | sed -n 's/^Would install //p')`,
      state === "latest" &&
        sh`if [ $r != 0 ]; then printf '%s\\n' "$o" | grep -v -e '^ *$' >&2; printf '%s\\n' "$o" | grep '^ERROR: ' | tail -n 1 >&2; exit 126; fi`,
      sh`if [ $r != 0 ]; then echo "not installed"; elif [ -n "$w" ]; then echo "not installed: $w"; else echo installed; fi`,
    ),
    want: "installed",
    apply: sh.lines(
      needed(wanted),
      pipFunction(wanted),
      sh`rcm_pip install ${state === "latest" ? ["--upgrade"] : []} ${words}`,
    ),
  };
}

/** None of the packages is there. */
export function absent(wanted: Options): Property {
  const { name = [], breakSystemPackages } = wanted;
  return {
    probe: sh.lines(
      sh`if ! ${there(wanted)}; then exit 0; fi`,
      pipFunction(wanted),
      sh`rcm_pip show ${name} 2>/dev/null | sed -n 's/^Name: //p'`,
    ),
    want: "",
    apply: sh.lines(
      pipFunction(wanted),
      sh`rcm_pip uninstall -y ${breakSystemPackages ? ["--break-system-packages"] : []} ${name}`,
    ),
    show: { text: false, value: (names) => names.replaceAll("\n", ", ") || "absent" },
  };
}
