import { expect, test } from "vitest";
import { FileStore } from "../../src/engine/file-store.ts";
import { RcmError } from "../../src/errors.ts";
import { fileOf } from "../../src/shell/file.ts";
import type { Connection } from "../../src/transport/connection.ts";
import { NoPlace } from "../../src/transport/trouble.ts";

/** A way to a host that writes down where files go, and refuses some folders. */
function way(refuses: (path: string) => Error | undefined) {
  const paths: string[] = [];
  const put = async (_file: unknown, path: string): Promise<void> => {
    const error = refuses(path);
    if (error) throw error;
    paths.push(path.replace(/[0-9a-f]{32}\//, "NAME/").replace(/[0-9a-f]{64}/, "HASH"));
  };
  const never = (): Promise<Connection> => Promise.reject(new Error("no other line"));
  return { paths, connection: { put } as unknown as Connection, spare: never, helper: never, shell: "sh" };
}

const short = fileOf("short");
const long = fileOf("x".repeat(2_000_000));

test("a file is sent once, a long one to a disk, and one that is for one use alone by itself", async () => {
  const store = new FileStore();
  const to = way(() => undefined);
  const alone = long.alone();
  for (const file of [short, short, long, long, alone, alone]) await store.send(file, undefined, to);
  expect(to.paths).toEqual([
    "/tmp/.rcm-NAME/HASH",
    "/var/tmp/.rcm-NAME/HASH",
    expect.stringMatching(/^\/var\/tmp\/\.rcm-NAME\/HASH\.[0-9a-f]{16}$/),
  ]);
  expect([store.has(alone, undefined), store.has(long.alone(), undefined)]).toEqual([true, false]);
});

test("where there is no /var/tmp, long files lie with the others; any other trouble is told", async () => {
  const to = way((path) => (path.startsWith("/var/tmp") ? new NoPlace("none", { code: "step" }) : undefined));
  await new FileStore().send(long, undefined, to);
  expect(to.paths).toEqual(["/tmp/.rcm-NAME/HASH"]);
  const full = way((path) =>
    path.startsWith("/var/tmp") ? new RcmError("cannot", { code: "step" }) : undefined,
  );
  await expect(new FileStore().send(long, undefined, full)).rejects.toThrow("cannot");
});
