import type { Duplex } from "node:stream";
import { type RunHost, sh } from "../../src/index.ts";
import { lineOf } from "./line.ts";
import type { Options } from "./options.ts";

/** Bytes of what a server says first that are looked at. */
const MAX_GREETING = 16 * 1024;

/** Nobody need speak: after the time for connecting, what was said until then is all. */
export async function greeting(
  { port = 0, host: at = "127.0.0.1", connectTimeout, interval }: Options,
  search: string,
  host: RunHost,
): Promise<string | undefined> {
  const patience = AbortSignal.any([host.signal, AbortSignal.timeout(Math.max(connectTimeout, interval))]);
  const stream = await host.connect(at, port, patience).catch((error: unknown) => {
    // A host that forbids it will not allow it later.
    if ((error as { code?: unknown }).code !== undefined && !patience.aborted) throw error;
    return undefined;
  });
  return stream && (await saidBy(stream, search, host));
}

async function saidBy(stream: Duplex, search: string, host: RunHost): Promise<string | undefined> {
  let said = "";
  try {
    for await (const chunk of stream) {
      said = `${said}${(chunk as Buffer).toString("latin1")}`.slice(0, MAX_GREETING);
      const line = await lineOf(
        host,
        sh`printf '%s\n' ${said.replaceAll("\0", "")} | grep -E -m 1 -e ${search}`,
      );
      if (line !== undefined || said.length === MAX_GREETING) return line;
    }
  } catch (error) {
    if (!stream.destroyed) throw error;
  } finally {
    stream.destroy();
  }
  return undefined;
}
