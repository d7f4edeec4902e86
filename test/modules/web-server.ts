import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** What a server was asked. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on the loopback for the tests of one file. */
export interface WebServer {
  /** `http://127.0.0.1:PORT` */
  readonly at: string;
  readonly port: number;
  /** What it was asked since the last time this was read. */
  asked(): readonly Asked[];
}

/** How a server answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Starts a server before the tests and stops it after them; with a key and certificate one of https. */
export function webServer(
  answer: Answer,
  tls?: () => { readonly key: Buffer; readonly cert: Buffer },
): WebServer {
  const seen: Asked[] = [];
  let port = 0;
  const listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body });
    answer(request, response, body);
  };
  let stop = (): void => undefined;
  beforeAll(async () => {
    const server = tls
      ? createSecureServer(tls(), (...both) => void listen(...both))
      : createServer((...both) => void listen(...both));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
    stop = () => {
      server.close();
      server.closeAllConnections();
    };
  });
  afterAll(() => stop());
  return {
    get at() {
      return `${tls ? "https" : "http"}://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    asked: () => seen.splice(0),
  };
}

/** A key, its certificate for `localhost` and 127.0.0.1, and the paths of both. */
export interface Identity {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly keyPath: string;
  readonly certPath: string;
}

/** A certificate that is signed by itself, made before it is first asked for. */
export function selfSigned(names = "DNS:localhost,IP:127.0.0.1"): () => Identity {
  let made: Identity | undefined;
  let folder: string | undefined;
  afterAll(() => folder && rmSync(folder, { recursive: true }));
  return () => {
    if (made) return made;
    folder = mkdtempSync(join(tmpdir(), "rcm-tls-"));
    const [keyPath, certPath] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test"];
    const extras = ["-addext", `subjectAltName=${names}`, "-days", "2", "-keyout", keyPath, "-out", certPath];
    execFileSync("openssl", ["req", "-x509", ...kind, ...extras], { stdio: "ignore" });
    made = { key: readFileSync(keyPath), cert: readFileSync(certPath), keyPath, certPath };
    return made;
  };
}
