import {
  access,
  aptLists,
  defineModule,
  duration,
  fileMode,
  type LocalFile,
  type LocalSide,
  type Property,
  path,
  place,
  sh,
  text,
  z,
} from "../src/index.ts";

const LINE =
  /^(?<type>deb|deb-src)[ \t]+(?:\[(?<options>[^\]\n]*)\][ \t]+)?(?<uri>[a-z+]+:\S+)[ \t]+(?<suite>\S+)(?<components>(?:[ \t]+\S+)*)[ \t]*$/;
const HEAD = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

const word = text.regex(/^[^\s,[\]]+$/, "wanted a text without spaces");
const uri = text.regex(/^[a-z+]+:\S+$/, "wanted an address such as https://deb.example.com/debian");
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.union([item, z.array(item).min(1)]).transform((value) => [value].flat() as Array<z.output<Item>>);

const options = z
  .strictObject({
    repo: text
      .regex(LINE, 'wanted a line such as "deb https://deb.example.com/debian stable main"')
      .optional()
      .describe("the source as one line: `deb [arch=amd64] https://deb.example.com/debian stable main`"),
    uris: listOf(uri).optional().describe("addresses, for a source in the deb822 format"),
    suites: listOf(word).optional().describe("suites such as bookworm; one that ends with `/` is a path"),
    components: listOf(word).optional().describe("components such as main"),
    types: listOf(z.enum(["deb", "deb-src"]))
      .optional()
      .describe("deb (packages, the default), deb-src (sources)"),
    architectures: listOf(word).optional().describe("only these architectures, such as amd64"),
    trusted: z.boolean().optional().describe("take packages that nobody signed; false: never do"),
    enabled: z.boolean().optional().describe("false: apt does not use it for now"),
    signedBy: path.optional().describe("keyring on the host that the source must be signed with"),
    key: text
      .refine((value) => value.includes(HEAD), `wanted an armoured key: ${HEAD} …`)
      .optional()
      .describe("such a key as text"),
    keyFile: text.min(1).optional().describe("such a key as a local file, relative to the runbook"),
    keyUrl: text
      .regex(/^(?:https?:\/\/|file:\/)[!-~]+$/, "wanted an address that begins with https://")
      .optional()
      .describe("such a key, fetched by the host when it has none for this source yet"),
    keySha256: text
      .regex(/^[0-9a-f]{64}$/, "wanted 64 hexadecimal digits")
      .optional()
      .describe("what is fetched from `keyUrl` must have this SHA-256"),
    state: z.enum(["present", "absent"]).default("present").describe("whether apt has the source"),
    filename: text
      .regex(/^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$/, "wanted the name of a file, without its folder")
      .transform((value) => value.replace(/\.(?:list|sources)$/, ""))
      .optional()
      .describe("name of the file in `/etc/apt/sources.list.d`; made from the address when left out"),
    mode: fileMode.default("0644").describe("permissions of that file"),
    updateCache: z.boolean().default(true).describe("fetch the package lists where the sources are newer"),
    lockTimeout: duration.default(60_000).describe("how long to wait while another program holds apt's lock"),
  })
  .refine(({ repo, uris }) => !repo !== !uris, "wanted exactly one of repo and uris")
  .refine(({ uris, suites }) => !uris === !suites, "uris and suites go together")
  .refine(
    ({ repo, components, types, architectures, trusted, enabled }) =>
      !repo || [components, types, architectures, trusted, enabled].every((value) => value === undefined),
    "components, types, architectures, trusted and enabled go with uris: in repo they stand in the line",
  )
  .refine(
    ({ suites, components }) =>
      !suites || [suites].flat().some((suite) => suite.endsWith("/")) === (components === undefined),
    "components are required, but for suites that are paths and end with /: those have none",
  )
  .refine(
    ({ repo }) => !repo || isPath(repo) === (partsOf(repo).components?.trim() === ""),
    "repo: components are required after the suite, but for one that ends with /: that has none",
  )
  .refine(
    ({ signedBy, key, keyFile, keyUrl }) =>
      [signedBy, key, keyFile, keyUrl].filter((value) => value !== undefined).length <= 1,
    "signedBy, key, keyFile and keyUrl exclude each other",
  )
  .refine(
    ({ repo, signedBy, key, keyFile, keyUrl }) =>
      !/signed-by=/i.test(partsOf(repo).options ?? "") ||
      (signedBy ?? key ?? keyFile ?? keyUrl) === undefined,
    "the line in repo says signed-by already",
  )
  .refine(({ keyUrl, keySha256 }) => !keySha256 || keyUrl, "keySha256 requires keyUrl to be present");

type Options = z.output<typeof options>;

/** Manages the sources that apt gets packages from. */
export const aptRepository = defineModule({
  name: "apt_repository",
  category: "Packages",
  summary: "Adds a source of packages to apt, with the key that it is signed with, or removes it.",
  example:
    'aptRepository({ repo: "deb https://download.docker.com/linux/debian bookworm stable", keyUrl: "https://download.docker.com/linux/debian/gpg" })',
  options,
  properties: async (wanted, local) => {
    const { state, mode, updateCache, lockTimeout } = wanted;
    const key = await keyring(wanted, local);
    const file = `/etc/apt/sources.list.d/${nameOf(wanted)}.${wanted.repo ? "list" : "sources"}`;
    const lists = updateCache ? { lists: aptLists(undefined, { lockTimeout }) } : {};
    if (state === "absent") return { source: gone(file), ...(key ? { key: gone(key.file) } : {}), ...lists };
    const content = contentOf(wanted, key?.file ?? wanted.signedBy);
    return {
      ...(key ? { key: key.property } : {}),
      source: {
        probe: sh`cat ${file} 2>/dev/null`,
        want: content,
        apply: place({ dest: file, source: content, mode }),
        exact: true,
        show: { text: true, value: (lines) => lines },
      },
      ...access({ path: file, mode }),
      ...lists,
    };
  },
});

function partsOf(repo: string | undefined): Readonly<Record<string, string | undefined>> {
  return LINE.exec(repo ?? "")?.groups ?? {};
}

function isPath(repo: string): boolean {
  return partsOf(repo).suite?.endsWith("/") ?? false;
}

/** From `https://download.docker.com/linux/debian` comes `download_docker_com_linux_debian`. */
function nameOf({ filename, repo, uris }: Options): string {
  const address = partsOf(repo).uri ?? uris?.[0] ?? "";
  const name = address.replace(/^[a-z+]+:\/*/, "").replaceAll(/[^A-Za-z0-9]+/g, "_");
  return filename ?? (name.replaceAll(/^_+|_+$/g, "") || "rcm_repo");
}

function contentOf(wanted: Options, signedBy: string | undefined): string {
  return wanted.repo === undefined ? stanza(wanted, signedBy) : `${line(wanted.repo, signedBy)}\n`;
}

function line(repo: string, signedBy: string | undefined): string {
  if (signedBy === undefined) return repo.trim();
  const { type, options: given = "", uri: address, suite, components = "" } = partsOf(repo);
  return `${type} [${`${given.trim()} signed-by=${signedBy}`.trim()}] ${address} ${suite}${components}`.trim();
}

function stanza(wanted: Options, signedBy: string | undefined): string {
  const { types = ["deb"], uris, suites, components, architectures, trusted, enabled } = wanted;
  const yesOrNo = (value: boolean | undefined): string | undefined =>
    value === undefined ? undefined : value ? "yes" : "no";
  const fields: ReadonlyArray<readonly [string, string | undefined]> = [
    ["Enabled", yesOrNo(enabled)],
    ["Types", types.join(" ")],
    ["URIs", uris?.join(" ")],
    ["Suites", suites?.join(" ")],
    ["Components", components?.join(" ")],
    ["Architectures", architectures?.join(" ")],
    ["Trusted", yesOrNo(trusted)],
    ["Signed-By", signedBy],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\n`])).join("");
}

function gone(file: string): Property {
  return {
    probe: sh`if [ -e ${file} ]; then echo present; else echo absent; fi`,
    want: "absent",
    apply: sh`rm -f ${file}`,
  };
}

/** The file that the source's key goes to: apt takes armoured ones by the name `.asc`, others by `.gpg`. */
async function keyring(
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
