import { runbook, z } from "rcm";
import { bash, http, stat, waitFor } from "rcm/modules";
import { mark } from "./mark.ts";

/** Does the kitchen serve, and is all as it was before the reboot? */
export const smoke = runbook(
  "smoke",
  { params: z.object({ port: z.number(), dir: z.string(), marks: z.string() }) },
  ({ params: { port, dir, marks }, step }) => {
    step("port", waitFor({ port, timeout: "30s" }));
    const title = step("title", http({ url: `http://127.0.0.1:${port}/`, statusCode: 200, timeout: "5s" }), {
      retry: { max: 5, delay: 200 },
      post: ({ body }) => /<title>(.*)<\/title>/.exec(body)?.[1] ?? "",
      assert: ({ output }) => output !== "",
    });
    step("mark", mark({ file: marks, line: "smoke" }));
    step(
      "still",
      bash({
        script: 'mountpoint -q "$1/scratch" && sysctl -n net.ipv4.tcp_fin_timeout',
        args: [dir],
        changedWhen: false,
      }),
      { await: [], post: Number, assert: ({ output }) => output === 30 },
    );
    step("credentials", stat({ path: `${dir}/credentials`, getChecksum: false }), {
      await: [],
      post: (found) => (found.exists ? found.mode : undefined),
      assert: ({ output }) => output === "0600",
    });
    return { title };
  },
);
