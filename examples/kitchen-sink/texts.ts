import { runbook, type StepContext, z } from "rcm";
import {
  blockinfile,
  command,
  copy,
  getUrl,
  iniFile,
  lineinfile,
  replace,
  template,
  unarchive,
} from "rcm/modules";
import { mark } from "./mark.ts";

/** Files: written, edited, filled in, downloaded, packed and unpacked. */
export const texts = runbook(
  "texts",
  { params: z.object({ dir: z.string(), url: z.url(), marks: z.string() }) },
  ({ params: { dir, url, marks }, step, secret, assign }) => {
    const at = (path: string): string => `${dir}/${path}`;
    const deployKey = secret(
      "deploy-key",
      async () => process.env.DEPLOY_KEY ?? "mop-and-bucket\nit's-a-key",
    );
    assign("menu", ["soup", "roast"]);

    step("config", copy({ dest: at("app.conf"), content: "run_id=old\nlevel=info\n", force: false }));
    step("line", lineinfile({ path: at("app.conf"), regexp: "^run_id=", line: "run_id=kitchen-sink" }));
    step("block", blockinfile({ path: at("app.conf"), block: "max_retries=3\nlog_to=syslog" }));
    step("replaced", replace({ path: at("app.conf"), regexp: "^level=info$", replace: "level=debug" }));
    step("ini", iniFile({ path: at("app.ini"), section: "web", option: "workers", value: "2" }));
    step(
      "packed",
      command({
        cmd: "tar",
        args: ["-czf", "menu.tar.gz", "app.conf", "app.ini"],
        creates: at("menu.tar.gz"),
      }),
      { cwd: dir },
    );
    step("unpacked", unarchive({ src: at("menu.tar.gz"), remoteSrc: true, dest: at("menu") }));
    step("mark", mark({ file: marks, line: "texts" }));

    // These three await nothing of the above: they run beside it.
    step(
      "credentials",
      copy({
        dest: at("credentials"),
        content: ({ secrets }) => `${secrets.get(deployKey)}\n`,
        mode: "0600",
      }),
      { await: [], secrets: [deployKey] },
    );
    step(
      "page",
      template({
        src: "kitchen-sink/page.html.eta",
        dest: at("index.html"),
        vars: { menu: ({ assigns }: StepContext) => assigns.menu },
      }),
      { await: [] },
    );
    step("download", getUrl({ url, dest: at("downloaded") }), {
      await: [],
      retry: { max: 3, delay: "500ms", backoff: 2, maxDelay: "5s", jitter: 0.2, on: ["error"] },
      timeout: "1m",
    });
  },
);
