import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HashNotKnown, readLocalFile, seeLocalFile } from "../../src/shell/file.ts";

test("a long file is looked at without waiting for its hash, which is taken meanwhile", async () => {
  const dir = mkdtempSync(join(tmpdir(), "rcm-file-"));
  writeFileSync(join(dir, "long"), Buffer.alloc(20_000_000));
  writeFileSync(join(dir, "short"), "short");
  const long = await seeLocalFile(join(dir, "long"));
  expect(() => long.sha256).toThrow(HashNotKnown);
  expect([long.size, long.isLong, (await seeLocalFile(join(dir, "short"))).sha256.length]).toEqual([
    20_000_000,
    true,
    64,
  ]);
  const { sha256 } = await readLocalFile(join(dir, "long"));
  expect(sha256).toBe("9e21c61969cd3e077a1b2b58ddb583b175e13c6479d2d83912eaddc23c0cdd52");
  await expect(seeLocalFile(join(dir, "none"))).rejects.toThrow(/no such file/);
  await expect(seeLocalFile(dir)).rejects.toThrow(/not a regular file/);
  rmSync(dir, { recursive: true });
});
