import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { defineModule } from "../../module/define.ts";
import { path } from "../../module/kit.ts";
import { sh } from "../../shell/script.ts";
import { fileSystem } from "./file-system.ts";
import type { ReadResult } from "./task-type.ts";

/** A file as it was read. */
export interface FileContent {
  /** Null when it is no UTF-8 text. */
  readonly content: string | null;
  readonly b64content: string;
}

/** Reads a file of the host. */
export const fileRead = defineModule({
  name: "file_read",
  category: "Flows",
  summary: "Reads a file of the host.",
  example: 'fileRead({ filename: "/etc/hostname" })',
  options: z.strictObject({
    filename: path.describe("the file; a relative path begins where commands of the host do"),
    fs: fileSystem,
  }),
  action: ({ filename }) => ({
    script: sh.lines(
      sh`if [ -d ${filename} ]; then echo ${filename}" is a directory" >&2; exit 1; fi`,
      sh`base64 <${filename}`,
    ),
    describe: `read ${filename}`,
    report: (printed: string) => ({ message: `read ${filename}`, output: contentOf(printed) }),
  }),
});

function contentOf(printed: string): FileContent {
  const bytes = Buffer.from(printed, "base64");
  return { content: isUtf8(bytes) ? bytes.toString("utf8") : null, b64content: bytes.toString("base64") };
}

/** What can be read of it. */
export const fileReadResults: Readonly<Record<string, ReadResult>> = {
  content: ({ result }) => {
    const { content } = (result.output ?? { content: undefined }) as Partial<FileContent>;
    if (content === null) throw new Error("the file is no UTF-8 text; b64content has its bytes");
    return content;
  },
  b64content: ({ result }) => (result.output as FileContent | undefined)?.b64content,
};
