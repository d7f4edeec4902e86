import { type BinaryToTextEncoding, createHash } from "node:crypto";
import { define } from "../define.ts";
import { path, pathOf, readFile } from "../files/paths.ts";
import { text } from "../params.ts";

/** Names of the functions, and the algorithm and the digits that they give. */
const HASHES: readonly (readonly [name: string, algorithm: string, encoding: BinaryToTextEncoding])[] = [
  ["base64sha256", "sha256", "base64"],
  ["base64sha512", "sha512", "base64"],
  ["md5", "md5", "hex"],
  ["sha1", "sha1", "hex"],
  ["sha256", "sha256", "hex"],
  ["sha512", "sha512", "hex"],
];

/** Hashes of texts and of files. */
export const HASH_FUNCTIONS = HASHES.flatMap(([name, algorithm, encoding]) => {
  const how = `${algorithm.toUpperCase()} hash${encoding === "base64" ? ", in Base64" : ", in hexadecimal digits"}`;
  const hash = (content: string | Uint8Array): string =>
    createHash(algorithm).update(content).digest(encoding);
  return [
    define({
      name,
      category: "Hashes and ids",
      params: [text("text")],
      summary: `The ${how}, of the UTF-8 bytes of a text.`,
      examples: [[`${name}("hello world")`, `"${hash("hello world")}"`]],
      call: ([text]) => hash(text),
    }),
    define({
      name: fileName(name),
      category: "Hashes and ids",
      params: [path("path")],
      summary: `The ${how}, of a file's content.`,
      dependsOn: "the file, as it is when the expression is worked out",
      examples: [[`${fileName(name)}("hello.txt")`, `${name}("Hello World")`]],
      call: ([path], { world }) => hash(readFile(world, pathOf(world, path))),
    }),
  ];
});

function fileName(name: string): string {
  return name.startsWith("base64") ? `filebase64${name.slice(6)}` : `file${name}`;
}
