import { type LocalFile, type LocalSide, type Property, place, sh } from "../../src/index.ts";
import { HEAD, type Options } from "./options.ts";
import { nameOf } from "./source.ts";

/** The file that the source's key goes to: apt takes armoured ones by the name `.asc`, others by `.gpg`. */
export async function keyring(
  wanted: Options,
  local: LocalSide,
): Promise<{ readonly file: string; readonly property: Property } | undefined> {
  const base = `/etc/apt/keyrings/${nameOf(wanted)}`;
  if (wanted.keyUrl !== undefined)
    return { file: `${base}.gpg`, property: fetched(`${base}.gpg`, wanted.keyUrl, wanted.keySha256) };
  if (wanted.key !== undefined) return given(`${base}.asc`, `${wanted.key.trimEnd()}\n`);
  if (wanted.keyFile === undefined) return undefined;
  const source = await local.file(wanted.keyFile);
  const isArmoured = (await source.bytes()).includes(HEAD);
  return given(`${base}.${isArmoured ? "asc" : "gpg"}`, source);
}

function given(
  file: string,
  source: string | LocalFile,
): { readonly file: string; readonly property: Property } {
  const apply = place({ dest: file, source, mode: "0644" });
  const property: Property =
    typeof source === "string"
      ? { probe: sh`cat ${file} 2>/dev/null`, want: source, exact: true, apply, show: shown }
      : { probe: sh`sha256sum <${file} 2>/dev/null`, want: `${source.sha256}  -`, apply, show: shown };
  return { file, property };
}

const shown: NonNullable<Property["show"]> = {
  text: false,
  value: (value) =>
    value === "" ? "absent" : value.includes(HEAD) ? "a key" : `sha256 ${value.slice(0, 12)}…`,
};

/** An armoured key is the Base64 of the other form, between two lines. */
function fetched(file: string, url: string, sha256: string | undefined): Property {
  return {
    probe: sh`if [ -s ${file} ]; then echo present; else echo absent; fi`,
    want: "present",
    apply: sh.lines(
      sh`t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; trap 'exit 1' HUP INT TERM
if command -v curl >/dev/null; then curl -fsSL -o "$t/got" -- ${url}
elif command -v wget >/dev/null; then wget -q -O "$t/got" -- ${url}
else /usr/lib/apt/apt-helper download-file ${url} "$t/got" >/dev/null; fi`,
      sha256 !== undefined &&
        sh`s=$(sha256sum <"$t/got" | cut -c1-64); [ "$s" = ${sha256} ] || { echo "the key from "${url}" has the SHA-256 $s, not the one of keySha256" >&2; exit 1; }`,
      sh`if grep -q -e ${HEAD} "$t/got"; then
tr -d '\\r' <"$t/got" | awk '/^-----BEGIN PGP PUBLIC/ { on = 1; body = 0; next } /^-----END/ { on = 0 } on && /^[ \\t]*$/ { body = 1; next } on && body && !/^=/' | base64 -d >"$t/key"
else cat "$t/got" >"$t/key"; fi
b=$(head -c 1 "$t/key" | od -An -tu1); [ "\${b:-0}" -ge 128 ] || { echo "what "${url}" gives is no OpenPGP key" >&2; exit 1; }
mkdir -p ${file.replace(/\/[^/]*$/, "")}; chmod 644 "$t/key"; cat "$t/key" >${`${file}.new`}; chmod 644 ${`${file}.new`}; mv -f ${`${file}.new`} ${file}`,
    ),
  };
}
