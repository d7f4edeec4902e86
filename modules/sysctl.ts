import { defineModule, editedText } from "../src/index.ts";
import { edit } from "./sysctl/file.ts";
import { options } from "./sysctl/options.ts";
import { running } from "./sysctl/running.ts";

/** Sets kernel parameters. */
export const sysctl = defineModule({
  name: "sysctl",
  category: "System",
  summary: "Sets a kernel parameter, now and for the next boot.",
  example: 'sysctl({ name: "net.ipv4.ip_forward", value: 1 })',
  options,
  properties: (wanted) => ({
    file: editedText({ dest: wanted.file }, (before) => edit(wanted, before)),
    ...(wanted.state === "present" && wanted.reload ? { value: running(wanted) } : {}),
  }),
});
