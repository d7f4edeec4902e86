// Starts a host and forgets it. With "stay" it waits to be killed.
import { opensshHost } from "../../src/testing/openssh-host.ts";

const host = await opensshHost();
console.log(JSON.stringify({ port: host.port, dir: host.dir }));
if (process.argv[2] === "stay") process.stdin.resume();
