import { createHash } from "node:crypto";
import { define, OF_RUN } from "../define.ts";
import { text } from "../params.ts";

const NAMESPACES: Readonly<Record<string, string>> = {
  dns: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
  url: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
  oid: "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
  x500: "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
};

/** Functions that make names nobody else has. */
export const IDS = [
  define({
    name: "uuid",
    category: "Hashes and ids",
    params: [],
    summary: "A random UUID, another one at every place and in every turn of a loop.",
    details:
      "The plan of a run, the run and what resumes it see the same one, as long as the call stays at its place in the file.",
    dependsOn: OF_RUN,
    examples: [
      ["length(uuid())", "36"],
      ["length(distinct([for i in range(3) : uuid()]))", "3"],
    ],
    call: (_, { world, site }) =>
      formatted(createHash("sha256").update(`${world.seed}\0${site.id}`).digest(), 4),
  }),
  define({
    name: "uuidv5",
    category: "Hashes and ids",
    params: [text("namespace"), text("name")],
    summary: "The UUID of a name in a namespace: `dns`, `url`, `oid`, `x500` or a UUID.",
    examples: [
      ['uuidv5("dns", "www.terraform.io")', '"a5008fae-b28c-5ba5-96cd-82b4c53552d6"'],
      [
        'uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io")',
        '"a5008fae-b28c-5ba5-96cd-82b4c53552d6"',
      ],
    ],
    call: ([namespace, name]) =>
      formatted(createHash("sha1").update(bytesOf(namespace)).update(name).digest(), 5),
  }),
];

function bytesOf(namespace: string): Uint8Array {
  const uuid = Object.hasOwn(NAMESPACES, namespace) ? (NAMESPACES[namespace] ?? "") : namespace;
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) {
    throw new Error(`${JSON.stringify(namespace)} is no namespace; expected dns, url, oid, x500 or a UUID`);
  }
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

function formatted(hash: Uint8Array, version: number): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
