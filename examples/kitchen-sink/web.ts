import { changed, runbook, z } from "rcm";
import { copy, mount, service, systemd } from "rcm/modules";
import { mark } from "./mark.ts";

/** A web server of a few lines, which systemd starts for each connection; and what else the system is to do. */
export const web = runbook(
  "web",
  { params: z.object({ dir: z.string(), port: z.number(), marks: z.string() }) },
  ({ params: { dir, port, marks }, step }) => {
    const scratch = { path: `${dir}/scratch`, src: "tmpfs", fstype: "tmpfs", opts: "size=1m,nosuid" };
    step("scratch", mount({ ...scratch, state: "mounted" }));
    step("cron", service({ name: "cron", state: "started", enabled: true }));
    const script = step(
      "script",
      copy({ src: "kitchen-sink/serve.sh", dest: `${dir}/serve.sh`, mode: "0755" }),
    );
    const units = "/etc/systemd/system";
    const socket = step("socket", copy({ dest: `${units}/kitchen.socket`, content: socketUnit(port) }));
    const unit = step("unit", copy({ dest: `${units}/kitchen@.service`, content: serviceUnit(dir) }));
    step("serving", systemd({ name: "kitchen.socket", daemonReload: true, state: "started", enabled: true }));
    step("restarted", systemd({ name: "kitchen.socket", state: "restarted" }), {
      when: changed(script, socket, unit),
    });
    step("mark", mark({ file: marks, line: "web" }));
  },
);

function socketUnit(port: number): string {
  return `[Socket]\nListenStream=127.0.0.1:${port}\nAccept=yes\n\n[Install]\nWantedBy=sockets.target\n`;
}

function serviceUnit(dir: string): string {
  return `[Service]\nExecStart=${dir}/serve.sh ${dir}/index.html\nStandardInput=socket\nStandardError=journal\n`;
}
