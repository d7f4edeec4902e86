import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { LocalSide } from "../../module/define.ts";
import { basicAuth } from "../../module/http-client.ts";

type Scalar = string | number | boolean;
type Fields = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** What a request is made of. */
export interface RequestParts {
  readonly url: string;
  readonly params?: Fields | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly content?: string | undefined;
  readonly b64content?: string | undefined;
  readonly data?: Fields | undefined;
  readonly json?: unknown;
  readonly files?: Readonly<Record<string, string>> | undefined;
  readonly auth?: readonly [string, string] | undefined;
}

/** A request's body, and the type that it has unless a header says another. */
export interface RequestBody {
  readonly body?: Buffer;
  readonly type?: string;
}

/** The URL with the params added to it. */
export function urlOf({ url, params = {} }: RequestParts): string {
  const whole = new URL(url);
  for (const [name, value] of pairs(params)) whole.searchParams.append(name, value);
  return whole.href;
}

/** The headers to send; those that are named win. */
export function headersOf(
  { headers, cookies, auth }: RequestParts,
  type: string | undefined,
): Record<string, string> {
  const jar = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  const own: Record<string, string> = {
    "User-Agent": "rcm",
    ...(type === undefined ? {} : { "Content-Type": type }),
    ...(jar.length === 0 ? {} : { Cookie: jar.join("; ") }),
    ...(auth === undefined ? {} : { Authorization: basicAuth(...auth) }),
  };
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const kept = Object.entries(own).filter(([name]) => !named.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...headers };
}

/** What is sent. */
export async function bodyOf(
  { content, b64content, json, data, files }: RequestParts,
  local: LocalSide,
): Promise<RequestBody> {
  if (content !== undefined) return { body: Buffer.from(content) };
  if (b64content !== undefined) return { body: Buffer.from(b64content, "base64") };
  if (json !== undefined) return { type: "application/json", body: Buffer.from(JSON.stringify(json)) };
  if (files !== undefined) return await multipart(data ?? {}, files, local);
  if (data === undefined) return {};
  const body = Buffer.from(new URLSearchParams(pairs(data)).toString());
  return { type: "application/x-www-form-urlencoded", body };
}

async function multipart(
  data: Fields,
  files: Readonly<Record<string, string>>,
  local: LocalSide,
): Promise<RequestBody> {
  const form = new FormData();
  for (const [name, value] of pairs(data)) form.append(name, value);
  for (const [name, file] of Object.entries(files))
    form.append(name, new Blob([await readFile(local.path(file))]), basename(file));
  const made = new Response(form);
  return {
    type: made.headers.get("content-type") ?? "multipart/form-data",
    body: Buffer.from(await made.arrayBuffer()),
  };
}

function pairs(fields: Fields): [string, string][] {
  return Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, String(value)]),
  );
}
