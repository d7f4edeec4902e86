import {
  defineModule,
  dial,
  duration,
  headersOf,
  httpOptions,
  httpUrl,
  type LocalSide,
  path,
  type RunHost,
  readBody,
  sendRequest,
  sh,
  shownUrl,
  text,
  z,
} from "../src/index.ts";

/** What a server answered. */
export interface HttpResponse {
  /** Where the answer came from in the end. */
  readonly url: string;
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the body says, where its type is JSON and it really is. */
  readonly json: unknown;
}

const SAFE = ["GET", "HEAD", "OPTIONS"];
const status = z.number().int().min(100).max(599);
const method = text
  .transform((value) => value.toUpperCase())
  .refine(
    (value) => /^[A-Z][A-Z-]*$/.test(value) && !["CONNECT", "TRACE"].includes(value),
    "wanted a method such as GET or POST",
  );
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const options = z
  .strictObject({
    url: httpUrl.describe("http or https; names and addresses are those that the host sees"),
    method: method.default("GET").describe("GET, POST, PUT, PATCH, DELETE, HEAD …"),
    body: z.string().optional().describe("what to send, as it is"),
    json: z.json().optional().describe("what to send, as JSON"),
    form: z
      .record(z.string(), z.union([scalar, z.array(scalar)]))
      .optional()
      .describe("what to send, as the fields of a form"),
    src: text.min(1).optional().describe("what to send: a local file, relative to the runbook"),
    statusCode: z
      .union([status, z.array(status).min(1)])
      .optional()
      .describe("the status, or a list of those, that counts as success; any 2xx unless said otherwise"),
    followRedirects: z
      .enum(["safe", "all", "none"])
      .default("safe")
      .describe("`safe`: follow for GET and HEAD only"),
    timeout: duration.default(30_000).describe("the whole answer must be there after this long"),
    from: z
      .enum(["host", "controller"])
      .default("host")
      .describe(
        "where the request comes from: the host, over a forward through SSH, or the machine that rcm runs on",
      ),
    ...httpOptions,
    caPath: text
      .min(1)
      .optional()
      .describe("a local file of certificates to trust, in place of those that Node trusts"),
    clientCert: text.min(1).optional().describe("a local file with the client's certificate"),
    clientKey: text.min(1).optional().describe("a local file with the key of clientCert"),
    creates: path.optional().describe("do nothing when this path exists on the host"),
    removes: path.optional().describe("do nothing when this path does not exist on the host"),
    changedWhen: z
      .union([
        z.boolean(),
        z.custom<(response: HttpResponse) => boolean>((value) => typeof value === "function"),
      ])
      .optional()
      .describe(
        "whether it counts as a change: a boolean, or a function of the response; otherwise all but GET, HEAD and OPTIONS do",
      ),
  })
  .refine(
    (all) => [all.body, all.json, all.form, all.src].filter((one) => one !== undefined).length <= 1,
    "body, json, form and src exclude each other",
  )
  .refine(
    ({ urlUsername, urlPassword }) => urlPassword === undefined || urlUsername !== undefined,
    "urlPassword requires urlUsername to be present",
  )
  .refine(
    ({ clientCert, clientKey }) => (clientCert === undefined) === (clientKey === undefined),
    "clientCert and clientKey go together",
  );

type Options = z.output<typeof options>;

/** Sends HTTP requests. */
export const http = defineModule({
  name: "http",
  category: "Network",
  summary:
    "Sends an HTTP request, from the host's point of view, and gives the response; nothing is needed on the host.",
  example: 'http({ url: "http://127.0.0.1:8080/health", statusCode: [200, 204] })',
  callbacks: ["changedWhen"],
  options,
  changes: ({ method: verb, changedWhen }) =>
    typeof changedWhen === "boolean" ? changedWhen : !SAFE.includes(verb),
  describe: ({ method: verb, url }) => `would ${verb} ${shownUrl(url)}`,
  run: async (wanted, host, local) => {
    const held = await whyNot(wanted, host);
    if (held !== undefined) return { changed: false, message: `not run: ${held}` };
    const { method: verb, statusCode, changedWhen = !SAFE.includes(verb) } = wanted;
    const response = await ask(wanted, host, local);
    const { url, status: code, headers, body } = response;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
    host.log(`${verb} ${url}\nHTTP ${code}\n${lines.join("")}\n${body}`);
    const codes = [statusCode ?? []].flat();
    const isWanted = codes.length > 0 ? codes.includes(code) : code >= 200 && code < 300;
    const expected = codes.length > 1 ? `one of [${codes.join(", ")}]` : (codes[0] ?? "2xx");
    const changed = typeof changedWhen === "function" ? changedWhen(response) : changedWhen;
    return {
      changed,
      message: `HTTP ${code}`,
      output: response,
      ...(isWanted ? {} : { error: `Unexpected status ${code} (expected ${expected})` }),
    };
  },
});

async function whyNot({ creates, removes }: Options, { exec }: RunHost): Promise<string | undefined> {
  const exists = async (at: string): Promise<boolean> =>
    (await exec(sh`[ -e ${at} ] || [ -L ${at} ]`)).exitCode === 0;
  if (creates !== undefined && (await exists(creates))) return `${creates} exists`;
  if (removes !== undefined && !(await exists(removes))) return `${removes} does not exist`;
  return undefined;
}

async function ask(wanted: Options, host: RunHost, local: LocalSide): Promise<HttpResponse> {
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
