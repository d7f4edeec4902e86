import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type LocalSide, type RunHost, type RunResult, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** What a file on this side is. */
export interface Fetched {
  readonly path: string;
  readonly sha256: string;
}

interface Comparison {
  /** Present when nothing is to be fetched. */
  readonly settled?: RunResult<Fetched>;
  readonly to: string;
  readonly sha256: string;
}

/** Looks on both sides, and says what is to be fetched, and where to. */
export async function compare(wanted: Options, host: RunHost, local: LocalSide): Promise<Comparison> {
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

/** The SHA-256 of a local file. */
export async function hash(file: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest("hex");
}
