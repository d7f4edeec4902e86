// Adds host0 … host19 to a file, once its input says so: several of these race in a test.
import { once } from "node:events";
import { addKnownHost } from "../../src/transport/known-hosts.ts";

const [, , file = "", key = ""] = process.argv;
console.log("ready");
await once(process.stdin, "data");
const hosts = Array.from({ length: 20 }, (_, n) => `host${n}`);
await Promise.all(
  hosts.map((host) => addKnownHost(file, { host, port: 22, key: Buffer.from(key, "base64") })),
);
process.exit(0);
