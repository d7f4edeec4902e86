import { defineModule, type RunHost, sh, shownUrl } from "../src/index.ts";
import { type Options, options, SAFE } from "./http/options.ts";
import { ask } from "./http/request.ts";
import { judged } from "./http/verdict.ts";

export type { HttpResponse } from "./http/response.ts";

/** Sends HTTP requests. */
export const http = defineModule({
  name: "http",
  category: "Network",
  summary:
    "Sends an HTTP request, from the host's point of view, and gives the response; nothing is needed on the host.",
  example: 'http({ url: "http://127.0.0.1:8080/health", statusCode: [200, 204] })',
  callbacks: ["changedWhen"],
  secretOptions: [
    "url",
    "method",
    "headers",
    "urlUsername",
    "urlPassword",
    "httpAgent",
    "body",
    "json",
    "form",
  ],
  options,
  changes: ({ method: verb, changedWhen }) =>
    typeof changedWhen === "boolean" ? changedWhen : !SAFE.includes(verb),
  describe: ({ method: verb, url }) => `would ${verb} ${shownUrl(url)}`,
  run: async (wanted, host, local) => {
    const held = await whyNot(wanted, host);
    if (held !== undefined) return { changed: false, message: `not run: ${held}` };
    return judged(wanted, await ask(wanted, host, local), host);
  },
});

async function whyNot({ creates, removes }: Options, { exec }: RunHost): Promise<string | undefined> {
  const exists = async (at: string): Promise<boolean> =>
    (await exec(sh`[ -e ${at} ] || [ -L ${at} ]`)).exitCode === 0;
  if (creates !== undefined && (await exists(creates))) return `${creates} exists`;
  if (removes !== undefined && !(await exists(removes))) return `${removes} does not exist`;
  return undefined;
}
