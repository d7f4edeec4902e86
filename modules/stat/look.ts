import { type Script, sh } from "../../src/index.ts";

interface Wanted {
  readonly path: string;
  readonly follow: boolean;
  readonly getChecksum: boolean;
  readonly checksumAlgorithm: string;
  readonly getMime: boolean;
}

/** Prints fields with a NUL character after each; nothing where nothing is. */
export function look({ path: at, follow, getChecksum, checksumAlgorithm, getMime }: Wanted): Script {
  const flags = follow ? sh`-L` : sh``;
  const isLink = follow ? sh`false` : sh`[ -L ${at} ]`;
  const sum = sh.raw(`${checksumAlgorithm}sum`);
  const put = (field: Script): Script => sh`printf '%s\\0' ${field}`;
  return sh.lines(
    // Where the folder cannot be entered, nothing can be said.
    sh`if ! [ -e ${at} ]${follow ? sh`` : sh` && ! [ -L ${at} ]`}; then
s=$(LC_ALL=C stat ${flags} -c %f ${at} 2>&1) || case $s in *[Pp]ermission*) echo ${at}": permission denied" >&2; exit 1 ;; esac
exit 0; fi`,
    sh`s=$(stat ${flags} -c ${"%f %u %g %s %h %i %d %X %Y %Z"} ${at}); ${put(sh`"$s"`)}`,
    ...["%U", "%G"].map((format) => sh`s=$(stat ${flags} -c ${format} ${at}); ${put(sh`"$s"`)}`),
    ...["-r", "-w", "-x"].map(
      (test) => sh`if [ ${sh.raw(test)} ${at} ]; then printf 'y\\0'; else printf 'n\\0'; fi`,
    ),
    sh`if ${isLink}; then s=$(readlink ${at}; echo x); s=\${s%x}; ${put(sh`"\${s%?}"`)}; else printf '\\0'; fi`,
    getChecksum
      ? sh`if ! ${isLink} && [ -f ${at} ] && [ -r ${at} ]; then s=$(${sum} <${at}); ${put(sh`"\${s%% *}"`)}; else printf '\\0'; fi`
      : sh`printf '\\0'`,
    getMime &&
      sh`if command -v file >/dev/null; then s=$(file ${flags} -b --mime-type -- ${at}); c=$(file ${flags} -b --mime-encoding -- ${at}); else s=unknown c=unknown; fi; ${put(sh`"$s" "$c"`)}`,
  );
}
