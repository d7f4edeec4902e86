import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { Answer } from "./sftp-disk.ts";
import { type Ask, SftpFiles, type SftpOptions } from "./sftp-files.ts";
import { Fields, packet, packetCutter, Request, Response, string, u32 } from "./sftp-wire.ts";

/** Serves SFTP version 3 on a channel: the machine's own files, one request after the other, as sftp-server does. */
export async function serveSftp(channel: Duplex, options: SftpOptions): Promise<void> {
  const files = new SftpFiles(options);
  const cut = packetCutter();
  const gone = new Promise((resolve) => channel.once("close", resolve));
  try {
    for await (const chunk of channel) {
      for (const request of cut(chunk)) {
        const answer = await answerTo(request, files);
        if (!channel.write(answer)) await Promise.race([once(channel, "drain"), gone]);
      }
    }
  } catch {
    // A packet that can not be read: there is no telling where the next one starts.
  } finally {
    await files.closeAll();
    channel.end();
  }
}

const VERSION = packet(
  Response.VERSION,
  u32(3),
  ...["posix-rename@openssh.com", "fsync@openssh.com", "hardlink@openssh.com"].flatMap((name) => [
    string(name),
    string("1"),
  ]),
);

async function answerTo(request: Buffer, files: SftpFiles): Promise<Buffer> {
  const fields = new Fields(request);
  const type = fields.byte();
  if (type === Request.INIT) return VERSION;
  const id = u32(fields.u32());
  const { type: kind, fields: body } = await answerOf(askedBy(type, fields, files), fields);
  return packet(kind, id, ...body);
}

function askedBy(type: number, fields: Fields, files: SftpFiles): Ask | undefined {
  return type === Request.EXTENDED ? files.extensions.get(fields.text()) : files.requests.get(type);
}

async function answerOf(ask: Ask | undefined, fields: Fields): Promise<Answer> {
  if (!ask) return status(8);
  try {
    return (await ask(fields)) ?? status(0);
  } catch (error) {
    return status(codeOf(error));
  }
}

const MESSAGES = ["Success", "End of file", "No such file", "Permission denied", "Failure", "Bad message"];

function status(code: number): Answer {
  return {
    type: Response.STATUS,
    fields: [u32(code), string(MESSAGES[code] ?? "Operation unsupported"), string("")],
  };
}

/** The same codes as OpenSSH's sftp-server gives: a file that exists already is a plain failure there. */
function codeOf(error: unknown): number {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "EOF") return 1;
  if (["ENOENT", "ENOTDIR", "EBADF", "ELOOP"].includes(code)) return 2;
  if (["EACCES", "EPERM", "EFAULT"].includes(code)) return 3;
  if (["ENAMETOOLONG", "EINVAL"].includes(code)) return 5;
  return 4;
}
