import { defineModule } from "../src/index.ts";
import { options } from "./mount/options.ts";
import { states } from "./mount/states.ts";

/** Manages mounts. */
export const mount = defineModule({
  name: "mount",
  category: "System",
  summary: "Mounts and unmounts file systems, now and in fstab.",
  example: 'mount({ path: "/data", src: "UUID=0a3b…", fstype: "ext4", opts: "noatime", state: "mounted" })',
  options,
  properties: (wanted) => states[wanted.state](wanted),
});
