import { basename } from "node:path";
import { type Script, sh } from "../../src/index.ts";

/** Hexadecimal digits of each algorithm's hashes; a host has the program `md5sum`, `sha1sum` …. */
export const DIGITS: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/** Fails unless what has arrived has the hash. */
export function verified(algorithm: string, hash: string): Script {
  return sh`h=$(${sh.raw(algorithm)}sum <"$t" | cut -d' ' -f1)
if [ "$h" != ${hash} ]; then echo "Checksum mismatch: expected "${hash}", got $h" >&2; exit 1; fi`;
}

/** The hash of a file in a list as `sha256sum` and its kind write it, or in one that holds nothing else. */
export function hashFor(name: string, list: string, algorithm: string, url: string): string {
  const digits = DIGITS[algorithm] ?? 0;
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== "");
  const entries = lines.flatMap((line) => {
    const [, hash, file] = /^\\?([0-9a-f]+)(?:\s+\*?(.*))?$/i.exec(line.trim()) ?? [];
    const [, otherFile, otherHash] = /^\w+ ?\((.*)\) ?= ?([0-9a-f]+)$/i.exec(line.trim()) ?? [];
    const found = hash ?? otherHash;
    return found?.length === digits
      ? [{ hash: found.toLowerCase(), file: basename(file ?? otherFile ?? "") }]
      : [];
  });
  const match =
    entries.find(({ file }) => file === name) ??
    (entries.length === 1 && entries[0]?.file === "" ? entries[0] : undefined);
  if (match) return match.hash;
  throw new Error(`${url} holds no ${algorithm} hash of "${name}"`);
}
