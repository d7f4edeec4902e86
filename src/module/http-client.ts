import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { messageOf, RcmError } from "../errors.ts";

/** Bytes of an answer that is kept whole, in the journal too. */
const MAX_BODY = 4 * 1024 * 1024;
const MAX_REDIRECTS = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/** How far a server is trusted, and how a client shows who it is; all certificates and keys as PEM. */
export interface TlsTrust {
  /** False: any certificate will do. */
  readonly validateCerts: boolean;
  /** Certificates to trust in place of those that Node trusts. */
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/** A request, and the way to its server. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** `safe`: only for GET and HEAD. */
  readonly followRedirects: "none" | "safe" | "all";
  readonly tls: TlsTrust;
  /** Opens a stream to a TCP port. */
  readonly connect: (address: string, port: number) => Promise<Duplex>;
  readonly signal: AbortSignal;
}

/** An answer, of which the body is still to be read. */
export interface HttpAnswer {
  /** Where it came from in the end, without the password that may have been in it. */
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case; several values of a name are joined by a comma, those of `set-cookie` by a newline. */
  readonly headers: Readonly<Record<string, string>>;
  /** How the body is compressed; empty when it is not. */
  readonly encoding: string;
  readonly body: Readable;
}

/**
 * Sends a request over whatever way to its server there is, and follows where the answer leads.
 *
 * @throws RcmError with code `step` when there is no answer
 */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  let { url, method, headers, body } = request;
  for (let hops = 0; ; hops++) {
    const at = new URL(url);
    const answer = await exchange({ ...request, method, headers, body }, at).catch((cause: unknown) => {
      throw failed(request, method, at, cause);
    });
    const next = redirection(answer, at, method, request.followRedirects);
    if (!next) return toAnswer(answer, at, method);
    answer.destroy();
    if (hops === MAX_REDIRECTS) throw failed(request, method, at, `more than ${MAX_REDIRECTS} redirects`);
    if (next.origin !== at.origin) headers = without(headers, ["authorization", "cookie"]);
    else if (next.username === "") [next.username, next.password] = [at.username, at.password];
    const becomesGet = answer.statusCode === 303 ? method !== "HEAD" : method === "POST";
    if (becomesGet && (answer.statusCode ?? 0) < 307) {
      [method, body] = ["GET", undefined];
      headers = without(headers, ["content-type", "content-length"]);
    }
    url = next.href;
  }
}

/**
 * Reads an answer's body, as it was before it was compressed.
 *
 * @throws RcmError with code `step` when it breaks off, or is longer than 4 MiB
 */
export async function readBody({ url, encoding, body }: HttpAnswer, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of await plain(body, encoding)) {
      size += (chunk as Buffer).length;
      if (size > MAX_BODY) throw new Error(`it is longer than ${MAX_BODY} bytes; get_url takes files`);
      chunks.push(chunk as Buffer);
    }
  } catch (cause) {
    if (signal.aborted && (signal.reason as Error).name !== "TimeoutError") throw signal.reason;
    const why = signal.aborted ? "it did not end in time" : messageOf(cause);
    throw new RcmError(`Cannot read the answer of ${url}: ${why}`, { code: "step", cause });
  }
  return Buffer.concat(chunks);
}

async function plain(body: Readable, encoding: string): Promise<Readable> {
  const { createBrotliDecompress, createGunzip, createInflate } = await import("node:zlib");
  const { pipeline } = await import("node:stream");
  const makers: Readonly<Record<string, () => Duplex>> = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  };
  const make = makers[encoding.toLowerCase()];
  return make ? pipeline(body, make(), () => undefined) : body;
}

/** A URL as it may be shown: without user and password. */
export function shownUrl(url: string | URL): string {
  const shown = new URL(url);
  [shown.username, shown.password] = ["", ""];
  return shown.href;
}

/** The value of the header `authorization` for a user and password. */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

async function exchange(request: HttpRequest, at: URL): Promise<IncomingMessage> {
  const { method, headers, body, signal } = request;
  signal.throwIfAborted();
  const socket = await openTo(request, at);
  const { request: open } = await import("node:http");
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const call = open({
      method,
      path: `${at.pathname}${at.search}`,
      headers: {
        host: at.host,
        ...(at.username === ""
          ? {}
          : { authorization: basicAuth(decoded(at.username), decoded(at.password)) }),
        ...(body === undefined ? {} : { "content-length": String(body.length) }),
        // Node takes a character of a header for one byte.
        ...Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]),
        ),
        connection: "close",
      },
      createConnection: () => socket,
      signal,
    });
    call.once("response", resolve);
    call.on("error", (error) => {
      socket.destroy();
      reject(error);
    });
    call.end(body);
  });
}

async function openTo({ connect, tls, signal }: HttpRequest, at: URL): Promise<Duplex> {
  const host = at.hostname.replace(/^\[(.*)\]$/, "$1");
  const isTls = at.protocol === "https:";
  const socket = await unlessAborted(connect(host, Number(at.port || (isTls ? 443 : 80))), signal);
  if (!isTls) return socket;
  const { connect: secure } = await import("node:tls");
  const { validateCerts, ca, cert, key } = tls;
  const wrapped = secure({
    socket,
    host,
    ...(isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: validateCerts,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  });
  const shaken = new Promise<Duplex>((resolve, reject) => {
    wrapped.once("secureConnect", () => resolve(wrapped));
    wrapped.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed during the TLS handshake")));
  });
  return await unlessAborted(shaken, signal).catch((error: unknown) => {
    wrapped.on("error", () => undefined);
    socket.destroy();
    throw error;
  });
}

/** The stream, or the signal's reason as soon as that aborts; a stream that comes later is closed. */
async function unlessAborted(opening: Promise<Duplex>, signal: AbortSignal): Promise<Duplex> {
  return await new Promise<Duplex>((resolve, reject) => {
    const give = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", give, { once: true });
    opening
      .then((stream) => {
        if (signal.aborted) stream.on("error", () => undefined).destroy();
        resolve(stream);
      }, reject)
      .finally(() => signal.removeEventListener("abort", give));
  });
}

function redirection(
  { statusCode = 0, headers }: IncomingMessage,
  at: URL,
  method: string,
  follow: HttpRequest["followRedirects"],
): URL | undefined {
  const isSafe = method === "GET" || method === "HEAD";
  if (follow === "none" || (follow === "safe" && !isSafe)) return undefined;
  if (!REDIRECTS.includes(statusCode) || headers.location === undefined) return undefined;
  const next = URL.canParse(headers.location, at.href) ? new URL(headers.location, at.href) : undefined;
  return next && /^https?:$/.test(next.protocol) ? next : undefined;
}

function toAnswer(answer: IncomingMessage, at: URL, method: string): HttpAnswer {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value = ""]) => [
      name,
      Array.isArray(value) ? value.join("\n") : value,
    ]),
  );
  const { statusCode = 0, statusMessage = "" } = answer;
  // A header may tell how the body would be compressed that is not there.
  const isEmpty = method === "HEAD" || statusCode === 204 || statusCode === 304;
  const encoding = isEmpty ? "" : (headers["content-encoding"] ?? "");
  return {
    url: shownUrl(at),
    status: statusCode,
    statusText: statusMessage,
    headers,
    encoding,
    body: answer,
  };
}

function without(
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

/** A part of a URL as it was before it was escaped. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not trusted",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the server closed the connection",
  ENOTFOUND: "the name is not known",
};

function failed({ signal }: HttpRequest, method: string, at: URL, cause: unknown): Error {
  if (signal.aborted && (signal.reason as Error).name !== "TimeoutError") return signal.reason as Error;
  const { code = "" } = cause as { code?: string };
  const why = signal.aborted ? "no answer in time" : (HINTS[code] ?? messageOf(cause));
  const { hint } = cause instanceof RcmError ? cause : { hint: undefined };
  const lost = cause instanceof RcmError && cause.code === "unreachable";
  return lost
    ? cause
    : new RcmError(`Cannot ${method} ${shownUrl(at)}: ${why}`, { code: "step", hint, cause });
}
