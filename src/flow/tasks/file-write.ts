import { z } from "zod";
import { contentProperties } from "../../module/content.ts";
import { defineModule } from "../../module/define.ts";
import { group } from "../../module/fields.ts";
import { path } from "../../module/kit.ts";
import type { Property } from "../../module/property.ts";
import { fileOf, type LocalFile } from "../../shell/file.ts";
import { sh } from "../../shell/script.ts";
import { fileSystem } from "./file-system.ts";

const STREAMS = ["/dev/stdout", "/dev/stderr"];

/** Writes a file on the host. */
export const fileWrite = defineModule({
  name: "file_write",
  category: "Flows",
  summary: "Writes a file on the host, or prints to its standard output.",
  example: 'fileWrite({ filename: "/tmp/out.txt", content: "hello" })',
  secretOptions: ["content", "b64content"],
  options: z
    .strictObject({
      filename: path.describe("the file; its directory must be there. /dev/stdout prints, with a newline"),
      content: z.string().optional().describe("its text"),
      b64content: z.base64("wanted base64").optional().describe("its bytes, in base64"),
      fs: fileSystem,
    })
    .check(group(["content", "b64content"], { required: true, exclusive: true })),
  properties: async ({ filename, content, b64content }) => {
    const source = b64content === undefined ? (content ?? "") : fileOf(Buffer.from(b64content, "base64"));
    if (STREAMS.includes(filename)) return { content: printing(filename, source) };
    return await contentProperties({ dest: filename, source, force: true });
  },
});

/** Nothing is compared, and nothing changes: it is printed each time. */
function printing(stream: string, source: string | LocalFile): Property {
  const text = typeof source === "string" ? sh`rcm_put ${source}; echo` : sh`cat ${source}; echo`;
  return {
    probe: sh`:`,
    want: "",
    apply: sh`:`,
    tell: stream === "/dev/stderr" ? sh`{ ${text}; } >&2` : text,
  };
}
