import { z } from "zod";
import { basicAuth } from "./http-client.ts";
import { text } from "./kit.ts";

/** What a header may hold: no control characters but tabs. */
const isOneLine = (value: string): boolean => !/[\0-\x08\n-\x1f\x7f]/.test(value);

const isToken = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);

/** Option schema: a URL of http or https; becomes its normal form, in which everything odd is escaped. */
export const httpUrl = text
  .refine(
    (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
    "wanted a URL that begins with http:// or https://",
  )
  .transform((value) => new URL(value).href);

/** Option schemas that every module which speaks HTTP has. */
export const httpOptions = {
  headers: z
    .record(z.string(), z.string())
    .refine(
      (headers) => Object.keys(headers).every(isToken),
      "wanted names of headers: letters, digits and -",
    )
    .refine(
      (headers) => Object.values(headers).every(isOneLine),
      "a header is a single line without control characters",
    )
    .default({})
    .describe('headers to send: { "X-Token": "…" }'),
  urlUsername: text
    .min(1)
    .refine(isOneLine, "wanted a single line without control characters")
    .optional()
    .describe("user for basic authentication"),
  urlPassword: text
    .refine(isOneLine, "wanted a single line without control characters")
    .optional()
    .describe("password for basic authentication"),
  httpAgent: text
    .min(1)
    .refine(isOneLine, "wanted a single line without control characters")
    .default("rcm")
    .describe("what the header `User-Agent` says"),
  validateCerts: z.boolean().default(true).describe("false: take any certificate of an https server"),
};

/** The options that become headers. */
export interface HeaderOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly urlUsername?: string | undefined;
  readonly urlPassword?: string | undefined;
  readonly httpAgent: string;
}

/** All headers that the options ask for; those that are named win. */
export function headersOf({
  headers,
  urlUsername,
  urlPassword = "",
  httpAgent,
}: HeaderOptions): Record<string, string> {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    ...(given.has("user-agent") ? {} : { "User-Agent": httpAgent }),
    ...(urlUsername === undefined || given.has("authorization")
      ? {}
      : { Authorization: basicAuth(urlUsername, urlPassword) }),
    ...headers,
  };
}
