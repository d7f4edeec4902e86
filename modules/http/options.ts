import { duration, httpOptions, httpUrl, path, text, z } from "../../src/index.ts";
import type { HttpResponse } from "./response.ts";

/** Methods that change nothing. */
export const SAFE = ["GET", "HEAD", "OPTIONS"];

const status = z.number().int().min(100).max(599);

const method = text
  .transform((value) => value.toUpperCase())
  .refine(
    (value) => /^[A-Z][A-Z-]*$/.test(value) && !["CONNECT", "TRACE"].includes(value),
    "wanted a method such as GET or POST",
  );

const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const options = z
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

export type Options = z.output<typeof options>;
