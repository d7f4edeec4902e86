import { randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type RunHost, type RunResult, sh } from "../../src/index.ts";
import { type Fetched, hash } from "./compare.ts";
import type { Options } from "./options.ts";

/** Whole and checked, or not at all. */
export async function bring(
  { src, validateChecksum }: Options,
  host: RunHost,
  to: string,
  sha256: string,
): Promise<RunResult<Fetched>> {
  await mkdir(dirname(to), { recursive: true });
  const part = join(dirname(to), `.rcm.${randomBytes(8).toString("hex")}`);
  try {
    await host.download(sh`exec cat <${src}`, part);
    const arrived = await hash(part);
    if (validateChecksum && arrived !== sha256)
      throw new Error(
        `${src} has sha256 ${sha256} on the host, but ${arrived} arrived: did it change meanwhile?`,
      );
    await rename(part, to);
    return { changed: true, message: `fetched to ${to}`, output: { path: to, sha256: arrived } };
  } finally {
    await rm(part, { force: true });
  }
}
