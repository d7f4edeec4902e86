import { type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** What is printed when nothing differs. */
export function asIn({ src }: Options): string {
  return `as in ${src}`;
}

/** Looks only where the step's `creates` is not there. */
export function unlessCreated(wanted: Options, probe: Script): Script {
  const { creates } = wanted;
  if (creates === undefined) return probe;
  return sh`if [ -e ${creates} ] || [ -L ${creates} ]; then echo ${asIn(wanted)}; else ${probe}
fi`;
}

/** Compares what `rcm_about` and `rcm_sums` tell of the archive with the directory, and prints in short how they differ. */
export function compared(wanted: Options): Script {
  const { dest, src, mode, owner, group } = wanted;
  const isNumber = (name: string): boolean => /^\d+$/.test(name);
  const all = (letters: string, format: string, value: string): Script =>
    sh`rcm_put "$rcm_about" | sed -n ${`s/^[${letters}] //p`} | tr '\n' '\\0' | xargs -0 stat -c ${`${format} %n`} 2>/dev/null | grep -v ${`^${value.replace(/^0+(?=\d)/, "").replaceAll(/[.$]/g, "\\$&")} `} | cut -d' ' -f2-`;
  const executable = mode === undefined ? sh`[ -x "$p" ]` : sh`:`;
  const plain = mode === undefined ? sh`! [ -x "$p" ]` : sh`:`;
  return sh`( CDPATH= cd ${dest} 2>/dev/null || { if [ -e ${dest} ] || [ -L ${dest} ]; then echo ${dest}" is no directory" >&2; exit 126; fi; echo absent; exit 0; }
rcm_o=$({ printf '%s\\n' "$rcm_about" | while IFS= read -r l; do
p=\${l#??}
case $l in
d*) [ -d "$p" ] && ! [ -L "$p" ] ;;
x*) [ -f "$p" ] && ! [ -L "$p" ] && ${executable} ;;
f*) [ -f "$p" ] && ! [ -L "$p" ] && ${plain} ;;
l*) IFS= read -r t; [ -L "$p" ] && [ "> $(readlink -- "$p")" = "$t" ] ;;
esac || printf '%s\\n' "$p"
done
if [ -n "$rcm_sums" ]; then printf '%s\\n' "$rcm_sums" | sha256sum -c - 2>/dev/null | sed -n -e '/: OK$/d' -e 's/: FAILED.*//p'; fi
${sh.lines(
  owner !== undefined && all("dxf", isNumber(owner) ? "%u" : "%U", owner),
  group !== undefined && all("dxf", isNumber(group) ? "%g" : "%G", group),
  mode !== undefined && all("xf", "%a", mode),
)}
} | sort -u)
if [ -z "$rcm_o" ]; then echo ${asIn(wanted)}; exit 0; fi
n=$(printf '%s\\n' "$rcm_o" | grep -c .) m=$(printf '%s\\n' "$rcm_about" | grep -vc '^>')
printf '%s' "$n of $m entries are not as in "${src}": "; printf '%s\\n' "$rcm_o" | sed -n -e '1,3s,^\./,,p' -e '4s/.*/…/p' | tr '\n' ' ' | sed 's/ $//' )`;
}
