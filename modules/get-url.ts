import { access, defineModule } from "../src/index.ts";
import { content } from "./get-url/content.ts";
import { nameIn, options } from "./get-url/options.ts";

/** Downloads files. */
export const getUrl = defineModule({
  name: "get_url",
  category: "Network",
  summary: "Downloads a file over HTTP or HTTPS, and puts it in place when it is whole and checked.",
  example:
    'getUrl({ url: "https://example.com/app-1.2.tar.gz", dest: "/opt/", checksum: "sha256:https://example.com/SHA256SUMS", mode: "0644" })',
  options,
  properties: (wanted) => {
    const dest = wanted.dest.endsWith("/") ? `${wanted.dest}${nameIn(wanted.url)}` : wanted.dest;
    const at = { ...wanted, dest };
    return { content: content(at), ...access({ ...wanted, path: dest }) };
  },
});
