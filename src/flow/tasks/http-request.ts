import { z } from "zod";
import { defineModule } from "../../module/define.ts";
import { type HttpAnswer, readBody, sendRequest, shownUrl } from "../../module/http-client.ts";
import { httpUrl } from "../../module/http-options.ts";
import { text } from "../../module/kit.ts";
import { bodyOf, headersOf, urlOf } from "./http-parts.ts";

/** What a server answered. */
export interface HttpResponse {
  readonly url: string;
  readonly status_code: number;
  readonly reason_phrase: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body in base64, where it is no UTF-8 text. */
  readonly content: string;
  /** What the body says, where it is JSON; else null. */
  readonly json: unknown;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const fields = z.record(z.string(), z.union([scalar, z.array(scalar)]));
const seconds = z.number().positive();

const httpRequestOptions = z
  .strictObject({
    method: z
      .enum(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
      .describe("GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS"),
    url: httpUrl.describe("http or https; names and addresses are those that the host sees"),
    params: fields.optional().describe("added to the URL"),
    headers: z.record(z.string(), z.string()).default({}).describe("headers to send"),
    cookies: z.record(z.string(), z.string()).default({}).describe("cookies to send"),
    content: z.string().optional().describe("what to send, as it is"),
    b64content: z.base64("wanted base64").optional().describe("the bytes to send, in base64"),
    data: fields.optional().describe("what to send, as the fields of a form"),
    json: z.json().optional().describe("what to send, as JSON"),
    files: z
      .record(z.string(), text.min(1))
      .optional()
      .describe("files to send, by the names of their fields: paths on this side, relative to the flow"),
    auth: z
      .tuple([z.string(), z.string()], "wanted a list of user and password")
      .optional()
      .describe("user and password"),
    allow_redirects: z.boolean().default(true).describe("follow where the server sends on to"),
    timeout: z
      .union([
        seconds,
        z.strictObject({
          ...{ timeout: seconds.optional(), connect: seconds.optional(), read: seconds.optional() },
          ...{ write: seconds.optional(), pool: seconds.optional() },
        }),
      ])
      .default(30)
      .describe("seconds that it may take in all; of { connect, read, … } they are added up"),
    raise_for_status: z.boolean().default(true).describe("false: a status of 400 or more is no failure"),
  })
  .refine(
    (all) =>
      [all.content, all.b64content, all.json].filter((one) => one !== undefined).length +
        Number(all.data !== undefined || all.files !== undefined) <=
      1,
    "content, b64content, json and data exclude each other",
  );

const SAFE = ["GET", "HEAD", "OPTIONS"];

/** Sends an HTTP request. */
export const httpRequest = defineModule({
  name: "http_request",
  category: "Flows",
  summary: "Sends an HTTP request, from the host's point of view, and gives the response.",
  example: 'httpRequest({ method: "GET", url: "http://127.0.0.1:8080/health" })',
  secretOptions: ["url", "params", "headers", "cookies", "content", "b64content", "data", "json", "auth"],
  options: httpRequestOptions,
  changes: ({ method }) => !SAFE.includes(method),
  describe: ({ method, url }) => `would ${method} ${shownUrl(url)}`,
  run: async (wanted, host, local) => {
    const signal = AbortSignal.any([host.signal, AbortSignal.timeout(limit(wanted.timeout) * 1000)]);
    const { body, type } = await bodyOf(wanted, local);
    const answer = await sendRequest({
      ...{ url: urlOf(wanted), method: wanted.method, body, signal },
      headers: headersOf(wanted, type),
      followRedirects: wanted.allow_redirects ? "all" : "none",
      tls: { validateCerts: true },
      connect: (address, port) => host.connect(address, port, signal),
    });
    const response = responseOf(answer, await readBody(answer, signal));
    host.log(`${wanted.method} ${response.url}\nHTTP ${response.status_code}\n\n${response.text}`);
    const { status_code: code } = response;
    const isBad = wanted.raise_for_status && code >= 400;
    return {
      changed: !SAFE.includes(wanted.method),
      message: `HTTP ${code}`,
      output: response,
      ...(isBad ? { error: `${shownUrl(wanted.url)} answered ${code} ${answer.statusText}`.trim() } : {}),
    };
  },
});

function limit(timeout: z.output<typeof httpRequestOptions>["timeout"]): number {
  if (typeof timeout === "number") return timeout;
  const { timeout: whole, ...parts } = timeout;
  const given = Object.values(parts).filter((part) => part !== undefined);
  return whole ?? (given.length === 0 ? 30 : given.reduce((sum, part) => sum + part, 0));
}

function responseOf({ url, status, statusText, headers }: HttpAnswer, body: Buffer): HttpResponse {
  const said = body.toString("utf8");
  const isText = Buffer.from(said).equals(body);
  return {
    ...{ url, status_code: status, reason_phrase: statusText, headers },
    cookies: cookiesOf(headers["set-cookie"]),
    text: said,
    content: isText ? said : body.toString("base64"),
    json: jsonOf(said),
  };
}

function cookiesOf(header = ""): Readonly<Record<string, string>> {
  const cookies = header.split("\n").flatMap((line) => {
    const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(line) ?? [];
    return name === undefined ? [] : [[name.trim(), value ?? ""] as const];
  });
  return Object.fromEntries(cookies);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
