import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RcmError } from "../errors.ts";
import type { LocalFile } from "../shell/file.ts";
import { quote } from "../shell/script.ts";
import { deferred } from "../util/deferred.ts";
import { Tail } from "../util/tail.ts";
import { becomeCommand, becomeUser } from "./become.ts";
import type { Become, ChannelEnd, Connection } from "./connection.ts";
import { NoPlace } from "./trouble.ts";

/** Exit status of the shell by which it says so. */
const NO_PLACE = 44;

/**
 * Sends a file through a shell of the given user: for hosts without SFTP, and for users that could not read what
 * the login user wrote. The path's directory is made, private to that user, unless it is there.
 *
 * @throws NoPlace when there is no directory for the path's own; RcmError with code `step` when the host cannot write it, `unreachable` when the line goes
 */
export async function sendThroughShell(
  connection: Connection,
  file: LocalFile,
  path: string,
  { shell, become }: { readonly shell: string; readonly become: Become | undefined },
): Promise<void> {
  const bytes = typeof file.source === "string" ? undefined : await file.bytes();
  const prompt = randomBytes(8).toString("hex");
  const channel = await connection.open(become ? becomeCommand(become, shell, prompt) : `exec ${shell}`);
  if (become) await becomeUser(channel, become, prompt);
  const said = new Tail(4096);
  const go = deferred<void>();
  channel.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  channel.stdout.on("data", (chunk: Buffer) => chunk.includes("go") && go.resolve());
  const ended = channel.ended.then((end) => {
    go.reject(failure(path, said, end));
    return end;
  });
  // The shell may read ahead, so no byte of the file is sent before cat has taken its place.
  const folder = dirname(path);
  const make = `{ [ -d ${quote(dirname(folder))} ] || exit ${NO_PLACE}; [ -d ${quote(folder)} ] || mkdir ${quote(folder)} || [ -d ${quote(folder)} ]; }`;
  channel.stdin.write(
    `umask 077; ${make} && : > ${quote(path)} && echo go && exec cat > ${quote(path)}; exit 1\n`,
  );
  await go.promise;
  await pipeline(streamOf(file, bytes), channel.stdin).catch(() => undefined); // the exit status tells
  const end = await ended;
  if (end.code !== 0 || !end.whole) throw failure(path, said, end);
  await file.verify();
}

/** The bytes of a file, from disk or memory. */
function streamOf({ source }: LocalFile, bytes: Buffer | undefined): Readable {
  return typeof source === "string"
    ? createReadStream(source, { highWaterMark: 256 * 1024 })
    : Readable.from([bytes], { objectMode: false });
}

function failure(path: string, said: Tail, { code, whole }: ChannelEnd): RcmError {
  if (code === NO_PLACE)
    return new NoPlace(`Cannot write "${path}" on the host: there is no such folder`, { code: "step" });
  const why = said.text().trim() || (whole ? `its shell ended with ${code}` : "the connection was lost");
  return new RcmError(`Cannot write "${path}" on the host: ${why}`, { code: whole ? "step" : "unreachable" });
}
