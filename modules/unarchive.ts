import { defineModule, readArchive, unpack } from "../src/index.ts";
import { remote, sent } from "./unarchive/content.ts";
import { options } from "./unarchive/options.ts";

/** Unpacks archives. */
export const unarchive = defineModule({
  name: "unarchive",
  category: "Files",
  summary:
    "Unpacks an archive into a directory; nothing lands outside of it, and only what differs is unpacked.",
  example: 'unarchive({ src: "app-1.2.tar.gz", dest: "/opt/app", stripComponents: 1, owner: "app" })',
  options,
  properties: async (wanted, local) => {
    const unpacking = { ...wanted, strip: wanted.stripComponents };
    if (wanted.remoteSrc) return { content: remote(wanted, unpack(unpacking)) };
    const file = await local.file(wanted.src);
    return { content: sent(wanted, unpack(unpacking), file, await readArchive(file, unpacking)) };
  },
});
