import { text, z } from "../../src/index.ts";

const packageName = text.regex(
  /^[A-Za-z0-9@_][A-Za-z0-9@_.+:/~-]*$/,
  "wanted the name of a package; versions and other particulars are for the manager's own module",
);

export const options = z.strictObject({
  name: z
    .union([packageName, z.array(packageName).min(1)])
    .transform((value) => [value].flat())
    .describe("a package or a list of them, as the host's package manager names them"),
  state: z.enum(["present", "absent", "latest"]).default("present").describe("whether they are installed"),
  use: z
    .enum(["auto", "apt", "dnf", "yum", "apk", "pacman", "brew"])
    .default("auto")
    .describe("the package manager; `auto`: the first of these that the host has"),
  updateCache: z
    .boolean()
    .default(false)
    .describe("fetch the index of packages first when it is older than an hour"),
});

export type Options = z.output<typeof options>;
