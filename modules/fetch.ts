import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  defineModule,
  type LocalSide,
  path,
  type RunHost,
  type RunResult,
  sh,
  text,
  z,
} from "../src/index.ts";

const options = z.strictObject({
  src: path.describe("the file on the host; a directory is refused"),
  dest: text
    .min(1)
    .describe("the local folder, relative to the runbook: the file goes to `dest/HOST/src`; see `flat`"),
  flat: z
    .boolean()
    .default(false)
    .describe("`dest` is the local file itself, or with a `/` at its end the folder that it goes into"),
  failOnMissing: z.boolean().default(true).describe("a file that is not there is a failure"),
  validateChecksum: z
    .boolean()
    .default(true)
    .describe("what has arrived must have the checksum that the host told"),
});

type Options = z.output<typeof options>;

/** Fetches files of hosts. */
export const fetch = defineModule({
  name: "fetch",
  category: "Files",
  summary: "Fetches a file of the host to this machine, when it differs from what is here.",
  example: 'fetch({ src: "/var/log/app.log", dest: "logs" })',
  options,
  changes: true,
  describe: ({ src }) => `would fetch ${src}`,
  preview: async (wanted, host, local) => {
    const { settled, to } = await compare(wanted, host, local);
    return settled ?? { changed: true, message: `would fetch ${wanted.src} to ${to}` };
  },
  run: async (wanted, host, local) => {
    const { settled, to, sha256 } = await compare(wanted, host, local);
    if (settled) return settled;
    await mkdir(dirname(to), { recursive: true });
    const part = join(dirname(to), `.rcm.${randomBytes(8).toString("hex")}`);
    try {
      await host.download(sh`exec cat <${wanted.src}`, part);
      const arrived = await hash(part);
      if (wanted.validateChecksum && arrived !== sha256)
        throw new Error(
          `${wanted.src} has sha256 ${sha256} on the host, but ${arrived} arrived: did it change meanwhile?`,
        );
      await rename(part, to);
      return { changed: true, message: `fetched to ${to}`, output: { path: to, sha256: arrived } };
    } finally {
      await rm(part, { force: true });
    }
  },
});

/** What a file on this side is. */
interface Fetched {
  readonly path: string;
  readonly sha256: string;
}

interface Comparison {
  /** Present when nothing is to be fetched. */
  readonly settled?: RunResult<Fetched>;
  readonly to: string;
  readonly sha256: string;
}

async function compare(wanted: Options, host: RunHost, local: LocalSide): Promise<Comparison> {
  const { src, failOnMissing } = wanted;
  const to = local.path(target(wanted, host.name));
  const { exitCode, stdout, stderr } = await host.exec(
    sh`if [ -d ${src} ]; then echo directory; elif ! [ -e ${src} ]; then echo absent; elif ! [ -f ${src} ]; then echo other; else exec sha256sum <${src}; fi`,
  );
  if (exitCode !== 0) throw new Error(`cannot read ${src}: ${stderr.trim()}`);
  const said = stdout.trim();
  if (said === "directory") throw new Error(`${src} is a directory: fetch its files, or an archive of it`);
  if (said === "other") throw new Error(`${src} is not a regular file`);
  if (said === "absent" && failOnMissing) throw new Error(`${src} does not exist on the host`);
  if (said === "absent")
    return { to, sha256: "", settled: { changed: false, message: `${src} does not exist` } };
  if (!/^[0-9a-f]{64} /.test(said)) throw new Error(`the host told no checksum of ${src}, but "${said}"`);
  const sha256 = said.slice(0, 64);
  const isSame = (await hashOfExisting(to)) === sha256;
  return isSame
    ? { to, sha256, settled: { changed: false, message: "", output: { path: to, sha256 } } }
    : { to, sha256 };
}

/** `..` in the host's path must not lead out of the folder. */
function target({ src, dest, flat }: Options, host: string): string {
  if (flat) return dest.endsWith("/") ? `${dest}${basename(src)}` : dest;
  return join(dest, host.replaceAll(/[/\\]/g, "_"), join("/", src));
}

async function hashOfExisting(file: string): Promise<string | undefined> {
  const facts = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (facts === undefined) return undefined;
  if (!facts.isFile()) throw new Error(`${file} is in the way on this machine: it is not a regular file`);
  return await hash(file);
}

async function hash(file: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest("hex");
}
