import { defineModule } from "../src/index.ts";
import { bring } from "./fetch/bring.ts";
import { compare } from "./fetch/compare.ts";
import { options } from "./fetch/options.ts";

/** Fetches files of hosts. */
export const fetch = defineModule({
  name: "fetch",
  category: "Files",
  summary: "Fetches a file of the host to this machine, when it differs from what is here.",
  example: 'fetch({ src: "/var/log/app.log", dest: "logs" })',
  options,
  changes: true,
  describe: ({ src }) => `would fetch ${src}`,
  preview: async (wanted, host, local) => {
    const { settled, to } = await compare(wanted, host, local);
    return settled ?? { changed: true, message: `would fetch ${wanted.src} to ${to}` };
  },
  run: async (wanted, host, local) => {
    const { settled, to, sha256 } = await compare(wanted, host, local);
    return settled ?? (await bring(wanted, host, to, sha256));
  },
});
