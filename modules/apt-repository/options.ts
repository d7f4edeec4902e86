import { duration, fileMode, path, text, z } from "../../src/index.ts";
import { isPath, LINE, partsOf } from "./repo-line.ts";

/** What an armoured key begins with. */
export const HEAD = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

const word = text.regex(/^[^\s,[\]]+$/, "wanted a text without spaces");

const uri = text.regex(/^[a-z+]+:\S+$/, "wanted an address such as https://deb.example.com/debian");

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.union([item, z.array(item).min(1)]).transform((value) => [value].flat() as Array<z.output<Item>>);

export const options = z
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

export type Options = z.output<typeof options>;
