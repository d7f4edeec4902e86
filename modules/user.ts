import { defineModule } from "../src/index.ts";
import { options } from "./user/options.ts";
import { absent, present } from "./user/properties.ts";

/** Manages users. */
export const user = defineModule({
  name: "user",
  category: "System",
  summary: "Makes or removes a user, and sets groups, home directory, shell, password and the like.",
  example: 'user({ name: "deploy", groups: ["docker"], append: true, shell: "/bin/bash" })',
  secretOptions: ["password"],
  options,
  properties: (wanted) => (wanted.state === "absent" ? absent(wanted) : present(wanted)),
});
