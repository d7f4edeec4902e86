import type { RunHost, RunResult } from "../../src/index.ts";
import { type Options, SAFE } from "./options.ts";
import type { HttpResponse } from "./response.ts";

/** What the answer means for the step. */
export function judged(wanted: Options, response: HttpResponse, { log }: RunHost): RunResult<HttpResponse> {
  const { method: verb, statusCode, changedWhen = !SAFE.includes(verb) } = wanted;
  const { url, status: code, headers, body } = response;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  log(`${verb} ${url}\nHTTP ${code}\n${lines.join("")}\n${body}`);
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
}
