import { posix } from "node:path";
import { accessOptions, path, text, z } from "../../src/index.ts";

export const options = z
  .strictObject({
    path: path.transform((value) => value.replace(/(.)\/+$/, "$1")).describe("the path on the host"),
    state: z
      .enum(["file", "directory", "link", "hard", "touch", "absent"])
      .describe(
        "`file`: exists, made empty if need be; `touch`: the same, with a new time; `link`, `hard`: points to `src`",
      ),
    src: text.min(1).optional().describe("what a link points to"),
    recurse: z
      .boolean()
      .default(false)
      .describe("owner, group and mode hold for everything in the directory"),
    force: z.boolean().default(false).describe("replace something of another kind that is in the way"),
    ...accessOptions,
  })
  .refine(
    ({ state, src }) => (state === "link" || state === "hard") === (src !== undefined),
    "src goes with the states link and hard, and only with them",
  )
  .refine(({ state, recurse }) => !recurse || state === "directory", "recurse goes with the state directory")
  .refine(
    ({ state, owner, group, mode }) => state !== "link" || (owner ?? group ?? mode) === undefined,
    "owner, group and mode are those of what the link points to: set them there",
  )
  .refine(
    ({ state, force, path: at }) => !(state === "absent" || force) || posix.normalize(at) !== "/",
    "the root directory cannot be removed",
  );

export type Options = z.output<typeof options>;
