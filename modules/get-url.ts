import { basename } from "node:path";
import {
  access,
  accessOptions,
  type Download,
  defineModule,
  download,
  downloadText,
  duration,
  fetchHash,
  fetchText,
  fetchTo,
  findTool,
  headersOf,
  httpOptions,
  httpUrl,
  type Property,
  path,
  placeMade,
  rewriteOptions,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

/** Hexadecimal digits of each algorithm's hashes; a host has the program `md5sum`, `sha1sum` …. */
const DIGITS: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

const options = z
  .strictObject({
    url: httpUrl.describe("where the file is, http or https"),
    dest: path.describe(
      "where it goes; with a `/` at its end it goes into that directory, under its name in the URL",
    ),
    checksum: text
      .transform((value, ctx) => {
        const [, algorithm = "", hash = ""] = /^([a-z0-9]+):(.+)$/i.exec(value) ?? [];
        const name = algorithm.toLowerCase();
        const isHash = /^[0-9a-f]+$/i.test(hash) && hash.length === DIGITS[name];
        if (isHash) return { algorithm: name, hash: hash.toLowerCase(), url: undefined };
        const from = httpUrl.safeParse(hash);
        if (name in DIGITS && from.success) return { algorithm: name, hash: undefined, url: from.data };
        ctx.addIssue({
          code: "custom",
          message: `wanted an algorithm (${Object.keys(DIGITS).join(", ")}), a colon, and a hash of its length or the URL of a file with hashes`,
        });
        return z.NEVER;
      })
      .optional()
      .describe(
        "`sha256:HASH`, or `sha256:URL` of a file of hashes: what the file must be, and by which it is known",
      ),
    force: z
      .boolean()
      .default(false)
      .describe(
        "without checksum: look each time whether the server has something else; otherwise a file that is there stays",
      ),
    resume: z
      .boolean()
      .default(false)
      .describe("keep what came of a download that broke off, and go on from there; needs checksum"),
    from: z
      .enum(["auto", "host", "controller"])
      .default("auto")
      .describe(
        "who downloads: the host by curl or wget, or the machine that rcm runs on; `auto`: that where the host cannot",
      ),
    timeout: duration.default(10_000).describe("give up when the server shows no sign for this long"),
    ...httpOptions,
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ dest, url }) => !dest.endsWith("/") || nameIn(url) !== "",
    "url ends with no name of a file: dest must give one",
  )
  .refine(
    ({ urlUsername, urlPassword }) => urlPassword === undefined || urlUsername !== undefined,
    "urlPassword requires urlUsername to be present",
  )
  .refine(
    ({ resume, checksum }) => !resume || checksum !== undefined,
    "resume requires checksum to be present: without it nobody knows whether the parts fit together",
  )
  .refine(
    ({ resume, from }) => !resume || from !== "controller",
    "resume and from: controller exclude each other",
  )
  .refine(
    ({ force, checksum }) => !force || checksum === undefined,
    "force and checksum exclude each other: the checksum says what the file must be",
  );

const CURRENT = "as on the server";

type Options = z.output<typeof options>;

/** Downloads files. */
export const getUrl = defineModule({
  name: "get_url",
  category: "Network",
  summary: "Downloads a file over HTTP or HTTPS, and puts it in place when it is whole and checked.",
  example:
    'getUrl({ url: "https://example.com/app-1.2.tar.gz", dest: "/opt/", checksum: "sha256:https://example.com/SHA256SUMS", mode: "0644" })',
  options,
  properties: (wanted) => {
    const dest = wanted.dest.endsWith("/") ? `${wanted.dest}${nameIn(wanted.url)}` : wanted.dest;
    const at = { ...wanted, dest };
    return { content: content(at), ...access({ ...wanted, path: dest }) };
  },
});

/** Two lines and more: what the file is; what the host can download with; what the server says that it should be. */
interface State {
  readonly is: string;
  readonly tool: string;
  readonly rest: string;
}

/** How a file is looked at, and what it should be. */
type Look = Pick<Property, "probe" | "want" | "holds" | "recheck">;

function content(wanted: Options): Property {
  const { checksum, force, dest } = wanted;
  const look = checksum ? bySum(wanted, checksum) : force ? byServer(wanted) : byPresence(wanted);
  const odd = sh`if [ -d ${dest} ]; then echo ${dest}" is a directory" >&2; exit 126; elif [ -f ${dest} ] && ! [ -r ${dest} ]; then echo ${dest}": permission denied" >&2; exit 126; fi`;
  const tool = wanted.from === "controller" ? sh`rcm_tool=none` : findTool(wanted.url, wanted);
  return {
    ...look,
    probe: sh.lines(odd, tool, look.probe),
    apply: (was, want) => bring(wanted, parse(was), parse(want)),
    show: { text: false, value: (state) => shown(parse(state).is, checksum?.algorithm ?? "sha256") },
  };
}

function byPresence({ dest }: Options): Look {
  return {
    probe: sh`if [ -f ${dest} ]; then echo present; else echo absent; fi; echo "$rcm_tool"`,
    want: (was) => unparse({ ...parse(was), is: "present" }),
    holds: sh.inline`[ -f ${dest} ]`,
  };
}

function bySum(wanted: Options, { algorithm, hash, url }: NonNullable<Options["checksum"]>): Look {
  const sum = sh`${sh.raw(algorithm)}sum <${wanted.dest} | cut -d' ' -f1`;
  const probe = sh`if [ -f ${wanted.dest} ]; then ${sum}; else echo absent; fi; echo "$rcm_tool"`;
  if (url === undefined) {
    return {
      probe,
      want: (was) => unparse({ ...parse(was), is: hash }),
      holds: sh`[ -f ${wanted.dest} ] && [ "$(${sum})" = ${hash} ]`,
    };
  }
  return {
    probe: sh`${probe}; if [ "$rcm_tool" != none ]; then ${fetchText(url, wanted)}; fi`,
    want: async (was) => {
      const state = parse(was);
      const list = state.tool === "none" ? await downloadText(toDownload(wanted, url)) : state.rest;
      return unparse({ ...state, is: hashFor(nameIn(wanted.url), list, algorithm, url) });
    },
  };
}

/** What the server has may be long, and another thing every time: it is looked at once. */
function byServer(wanted: Options): Look {
  const { dest, url } = wanted;
  return {
    probe: sh`if ! [ -f ${dest} ]; then echo absent; else rcm_h=$(sha256sum <${dest} | cut -c1-64)
if [ "$rcm_tool" != none ]; then ${fetchHash(url, wanted)}; if [ "$rcm_h" = "$rcm_o" ]; then rcm_h=${CURRENT}; fi; fi; echo "$rcm_h"; fi
echo "$rcm_tool"`,
    want: async (was) => {
      const state = parse(was);
      const isHere = state.tool === "none" && /^[0-9a-f]{64}$/.test(state.is);
      if (isHere && (await download(toDownload(wanted, url))).sha256 === state.is) return was;
      return unparse({ ...state, is: CURRENT });
    },
    recheck: sh.lines(
      sh`if [ -f ${dest} ]; then echo ${CURRENT}; else echo absent; fi`,
      wanted.from === "controller" ? sh`echo none` : sh`${findTool(url, wanted)}; echo "$rcm_tool"`,
    ),
  };
}

async function bring(wanted: Options, { tool }: State, { is }: State): Promise<Script> {
  const { url, from, checksum } = wanted;
  const check = checksum && verified(checksum.algorithm, is);
  if (tool === "none" && from === "host") {
    throw new Error(
      "the host has neither curl nor wget that could download this: install one, or leave out from: host",
    );
  }
  const write =
    tool === "none"
      ? sh.lines(sh`cat ${await download(toDownload(wanted, url))} >"$t"`, check)
      : sh.lines(
          sh`rcm_tool=${tool}`,
          checksum && wanted.resume
            ? resumed(wanted, checksum.algorithm, is)
            : fetchTo(sh`"$t"`, url, wanted),
          check,
        );
  return placeMade({ ...wanted, write });
}

/** The parts lie in a private folder, whose name must be the same the next time. */
function resumed(wanted: Options, algorithm: string, hash: string): Script {
  const { url } = wanted;
  const sum = sh`[ "$(${sh.raw(algorithm)}sum <"$p/part" | cut -d' ' -f1)" = ${hash} ]`;
  return sh`p="\${d%/*}"/${`.rcm-part-${hash.slice(0, 32)}`}
mkdir -m 700 "$p" 2>/dev/null || { [ -d "$p" ] && ! [ -L "$p" ] && [ -O "$p" ]; } || { echo "$p is not ours" >&2; exit 1; }
if ! { [ -f "$p/part" ] && ${sum}; }; then
r=0; ${fetchTo(sh`"$p/part"`, url, wanted, true)} || r=$?
# The server cannot go on there.
case $rcm_tool$r in curl22 | curl33 | curl36 | wget8 | busybox[1-9]*) if [ -f "$p/part" ]; then rm "$p/part"; r=0; ${fetchTo(sh`"$p/part"`, url, wanted)} || r=$?; fi ;; esac
[ $r = 0 ] || exit $r
fi
mv "$p/part" "$t"; rmdir "$p"`;
}

function verified(algorithm: string, hash: string): Script {
  return sh`h=$(${sh.raw(algorithm)}sum <"$t" | cut -d' ' -f1)
if [ "$h" != ${hash} ]; then echo "Checksum mismatch: expected "${hash}", got $h" >&2; exit 1; fi`;
}

/** The hash of a file in a list as `sha256sum` and its kind write it, or in one that holds nothing else. */
function hashFor(name: string, list: string, algorithm: string, url: string): string {
  const digits = DIGITS[algorithm] ?? 0;
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== "");
  const entries = lines.flatMap((line) => {
    const [, hash, file] = /^\\?([0-9a-f]+)(?:\s+\*?(.*))?$/i.exec(line.trim()) ?? [];
    const [, otherFile, otherHash] = /^\w+ ?\((.*)\) ?= ?([0-9a-f]+)$/i.exec(line.trim()) ?? [];
    const found = hash ?? otherHash;
    return found?.length === digits
      ? [{ hash: found.toLowerCase(), file: basename(file ?? otherFile ?? "") }]
      : [];
  });
  const match =
    entries.find(({ file }) => file === name) ??
    (entries.length === 1 && entries[0]?.file === "" ? entries[0] : undefined);
  if (match) return match.hash;
  throw new Error(`${url} holds no ${algorithm} hash of "${name}"`);
}

function toDownload({ validateCerts, timeout, ...rest }: Options, url: string): Download {
  return { url, headers: headersOf(rest), validateCerts, timeout };
}

function parse(text: string): State {
  const [is = "", tool = "", ...rest] = text.split("\n");
  return { is, tool, rest: rest.join("\n") };
}

function unparse({ is, tool, rest }: State): string {
  return [is, tool, ...(rest === "" ? [] : [rest])].join("\n");
}

function shown(state: string, algorithm: string): string {
  return /^[0-9a-f]{32,}$/.test(state) ? `${algorithm} ${state.slice(0, 12)}…` : state;
}

function nameIn(url: string): string {
  const name = basename(new URL(url).pathname);
  try {
    return decodeURIComponent(name).replaceAll(/[/\0]/g, "_");
  } catch {
    return name;
  }
}
