import { access, defineModule } from "../src/index.ts";
import { content } from "./get-url/content.ts";
import { destination } from "./get-url/destination.ts";
import { options } from "./get-url/options.ts";

/** Downloads files. */
export const getUrl = defineModule({
  name: "get_url",
  category: "Network",
  summary: "Downloads a file over HTTP or HTTPS, and puts it in place when it is whole and checked.",
  example:
    'getUrl({ url: "https://example.com/app-1.2.tar.gz", dest: "/opt/", checksum: "sha256:https://example.com/SHA256SUMS", mode: "0644" })',
  secretOptions: ["url", "headers", "urlUsername", "urlPassword", "httpAgent"],
  options,
  properties: (wanted, { secrets }) => {
    const at = { ...wanted, dest: destination(wanted, secrets), isSecret: secrets.names.length > 0 };
    return { content: content(at), ...access({ ...at, path: at.dest }) };
  },
});
