import { dial, headersOf, type LocalSide, type RunHost, readBody, sendRequest } from "../../src/index.ts";
import type { Options } from "./options.ts";
import type { HttpResponse } from "./response.ts";

/** Sends the request and reads the whole answer. */
export async function ask(wanted: Options, host: RunHost, local: LocalSide): Promise<HttpResponse> {
  const { url, method: verb, followRedirects, timeout, from, validateCerts } = wanted;
  const [type, body] = await content(wanted, local);
  const [ca, cert, key] = await Promise.all(
    [wanted.caPath, wanted.clientCert, wanted.clientKey].map(async (at) =>
      at === undefined ? undefined : await (await local.file(at)).bytes(),
    ),
  );
  const signal = AbortSignal.any([host.signal, AbortSignal.timeout(timeout)]);
  const connect =
    from === "controller" ? dial : (address: string, port: number) => host.connect(address, port, signal);
  const headers = { ...(type === undefined ? {} : { "Content-Type": type }), ...headersOf(wanted) };
  const answer = await sendRequest({
    ...{ url, method: verb, headers: withoutDoubles(headers), body, followRedirects, connect, signal },
    tls: { validateCerts, ca, cert, key },
  });
  const bytes = await readBody(answer, signal);
  const said = bytes.toString("utf8");
  return {
    url: answer.url,
    status: answer.status,
    headers: answer.headers,
    body: said,
    json: asJson(answer.headers["content-type"], said),
  };
}

async function content(
  { body, json, form, src }: Options,
  local: LocalSide,
): Promise<readonly [string | undefined, Buffer | undefined]> {
  if (json !== undefined) return ["application/json", Buffer.from(JSON.stringify(json))];
  if (src !== undefined) return ["application/octet-stream", await (await local.file(src)).bytes()];
  if (form === undefined) return [undefined, body === undefined ? undefined : Buffer.from(body)];
  const fields = Object.entries(form).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, String(value)]),
  );
  return ["application/x-www-form-urlencoded", Buffer.from(new URLSearchParams(fields).toString())];
}

/** Of two headers of one name in whatever case, the later one. */
function withoutDoubles(headers: Readonly<Record<string, string>>): Record<string, string> {
  const byName = new Map(Object.entries(headers).map((entry) => [entry[0].toLowerCase(), entry]));
  return Object.fromEntries(byName.values());
}

function asJson(type: string | undefined, body: string): unknown {
  if (!/^[^;]*[/+]json\b/i.test(type ?? "")) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
