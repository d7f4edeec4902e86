import { access, defineModule } from "../src/index.ts";
import { kinds } from "./file/kinds.ts";
import { options } from "./file/options.ts";
import { recursive } from "./file/recursive.ts";

/** Manages files, directories and links. */
export const file = defineModule({
  name: "file",
  category: "Files",
  summary: "Makes, removes or touches files, directories and links, and sets owner, group and permissions.",
  example: 'file({ path: "/srv/app", state: "directory", owner: "app", mode: "0750" })',
  options,
  properties: (wanted) => ({
    ...kinds[wanted.state](wanted),
    ...(wanted.state === "absent" || wanted.state === "link"
      ? {}
      : wanted.recurse
        ? recursive(wanted)
        : access(wanted)),
  }),
});
