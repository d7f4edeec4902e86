import type { World } from "../../../src/flow/functions/world.ts";

const FILES: ReadonlyMap<string, string> = new Map([
  ["/flows/hello.txt", "Hello World"],
  ["/flows/hello.tftpl", "Hello ${name}!"],
  ["/flows/conf/a.conf", "a"],
  ["/flows/conf/deep/b.conf", "b"],
  ["/flows/conf/readme.md", "c"],
]);

/** A world that is always the same. */
export const WORLD: World = {
  now: new Date("2026-05-13T07:44:12Z"),
  seed: "a run of a test",
  env: { LANG: "C.UTF-8" },
  folder: "/flows",
  home: "/home/ann",
  files: {
    read: (path) => {
      const text = FILES.get(path);
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return Buffer.from(text);
    },
    exists: (path) => FILES.has(path),
    list: (folder) =>
      [...FILES.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
  },
};
