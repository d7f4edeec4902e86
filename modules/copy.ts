import { basename } from "node:path";
import { contentProperties, defineModule, type LocalSide, type Property } from "../src/index.ts";
import { type Options, options } from "./copy/options.ts";
import { treeProperties } from "./copy/tree.ts";

/** Copies files to the host. */
export const copy = defineModule({
  name: "copy",
  category: "Files",
  summary: "Copies a local file, a folder or a text to the host; only what differs is sent.",
  example:
    'copy({ src: "nginx.conf", dest: "/etc/nginx/nginx.conf", mode: "0644", validate: "nginx -t -c %s" })',
  secretOptions: ["content"],
  options,
  properties: async (wanted, local) => {
    const tree = wanted.src === undefined ? undefined : await local.tree(wanted.src);
    return tree ? treeProperties(wanted, tree) : await fileProperties(wanted, local);
  },
});

async function fileProperties(
  wanted: Options,
  local: LocalSide,
): Promise<Readonly<Record<string, Property>>> {
  const { src, content, dest } = wanted;
  const source = src === undefined ? (content ?? "") : await local.file(src);
  const target = dest.endsWith("/") ? `${dest}${basename(src ?? "")}` : dest;
  return await contentProperties({ ...wanted, dest: target, source });
}
