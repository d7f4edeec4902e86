import { basename } from "node:path";
import {
  accessOptions,
  duration,
  httpOptions,
  httpUrl,
  path,
  rewriteOptions,
  text,
  z,
} from "../../src/index.ts";
import { DIGITS } from "./checksum.ts";

export const options = z
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

export type Options = z.output<typeof options>;

/** The options of a step, and whether it is given secrets. */
export type Wanted = Options & { readonly isSecret: boolean };

/** The name of the file that a URL ends with; empty where there is none. */
export function nameIn(url: string): string {
  const name = basename(new URL(url).pathname);
  try {
    return decodeURIComponent(name).replaceAll(/[/\0]/g, "_");
  } catch {
    return name;
  }
}
