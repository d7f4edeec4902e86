import { defineModule } from "../src/index.ts";
import { options } from "./wait-for/options.ts";
import { target, waited } from "./wait-for/wait.ts";

/** Waits for a port, a path or a line in a file. */
export const waitFor = defineModule({
  name: "wait_for",
  category: "Network",
  summary:
    "Waits until a port takes connections, a path exists or a line stands in a file; or until it no longer does.",
  example: 'waitFor({ port: 8080, timeout: "1m" })',
  secretOptions: ["message"],
  options,
  changes: false,
  describe: (wanted) => `would wait for ${target(wanted)}`,
  run: waited,
});
