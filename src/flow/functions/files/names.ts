import { posix } from "node:path";
import { define } from "../define.ts";
import { any, optional, text } from "../params.ts";
import { expanded, path, pathOf } from "./paths.ts";

/** Functions about paths and the environment; none looks at a file. */
export const NAMES = [
  define({
    name: "abspath",
    category: "Files and environment",
    params: [path("path")],
    summary:
      "The path from the root of the controller's file system; relative ones begin at the flow's folder.",
    dependsOn: "the folder that the flow is in",
    examples: [
      ['abspath("/a/../b")', '"/b"'],
      ['basename(abspath("hello.txt"))', '"hello.txt"'],
    ],
    call: ([path], { world }) => pathOf(world, path),
  }),
  define({
    name: "basename",
    category: "Files and environment",
    params: [text("path")],
    summary: "The last part of a path.",
    examples: [
      ['basename("foo/bar/baz.txt")', '"baz.txt"'],
      ['basename("/")', '"/"'],
      ['basename("")', '"."'],
    ],
    call: ([path]) => posix.basename(path) || (path === "" ? "." : "/"),
  }),
  define({
    name: "dirname",
    category: "Files and environment",
    params: [text("path")],
    summary: "A path without its last part.",
    examples: [
      ['dirname("foo/bar/baz.txt")', '"foo/bar"'],
      ['dirname("baz.txt")', '"."'],
    ],
    call: ([path]) => posix.dirname(path),
  }),
  define({
    name: "env",
    category: "Files and environment",
    params: [text("name"), optional(any("default"))],
    summary: "A variable of the controller's environment, or a default.",
    dependsOn: "the environment that rcm was started in",
    examples: [
      ['env("LANG")', '"C.UTF-8"'],
      ['env("NOT_SET", "default")', '"default"'],
    ],
    call: ([name, fallback], { world }) => {
      const value = Object.hasOwn(world.env, name) ? world.env[name] : undefined;
      const found = value ?? fallback;
      if (found !== undefined) return found;
      throw new Error(`the environment has no variable ${JSON.stringify(name)}, and there is no default`);
    },
  }),
  define({
    name: "pathexpand",
    category: "Files and environment",
    params: [text("path")],
    summary: "The path with the home folder of who runs rcm in place of a `~` at its begin.",
    dependsOn: "who runs rcm",
    examples: [
      ['pathexpand("~/.ssh/id_rsa")', '"/home/ann/.ssh/id_rsa"'],
      ['pathexpand("/etc/hosts")', '"/etc/hosts"'],
    ],
    call: ([path], { world }) => expanded(world, path),
  }),
];
