import { access, aptLists, defineModule } from "../src/index.ts";
import { keyring } from "./apt-repository/keyring.ts";
import { options } from "./apt-repository/options.ts";
import { contentOf, gone, nameOf, written } from "./apt-repository/source.ts";

/** Manages the sources that apt gets packages from. */
export const aptRepository = defineModule({
  name: "apt_repository",
  category: "Packages",
  summary: "Adds a source of packages to apt, with the key that it is signed with, or removes it.",
  example:
    'aptRepository({ repo: "deb https://download.docker.com/linux/debian bookworm stable", keyUrl: "https://download.docker.com/linux/debian/gpg" })',
  secretOptions: ["key"],
  options,
  properties: async (wanted, local) => {
    const { state, mode, updateCache, lockTimeout } = wanted;
    const key = await keyring(wanted, local);
    const file = `/etc/apt/sources.list.d/${nameOf(wanted)}.${wanted.repo ? "list" : "sources"}`;
    const lists = updateCache ? { lists: aptLists(undefined, { lockTimeout }) } : {};
    if (state === "absent") return { source: gone(file), ...(key ? { key: gone(key.file) } : {}), ...lists };
    const content = contentOf(wanted, key?.file ?? wanted.signedBy);
    return {
      ...(key ? { key: key.property } : {}),
      source: written(file, content, mode),
      ...access({ path: file, mode }),
      ...lists,
    };
  },
});
