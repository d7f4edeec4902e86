import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader } from "../../src/shell/frame.ts";

const NONCE = "0123456789abcdef";
const mark = (words: string): string => `\x1e${NONCE}\x1f${words}\x1e`;

function read(chunks: readonly Buffer[]): { readonly data: string; readonly marks: readonly string[] } {
  const seen: string[] = [];
  const marks: string[] = [];
  const reader = new FrameReader(NONCE, {
    data: (chunk) => seen.push(chunk.toString("latin1")),
    mark: (words) => {
      marks.push(words.join(" "));
      seen.push("|");
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  return { data: seen.join(""), marks };
}

test("output and marks are told apart wherever the stream is cut", () => {
  const noise = [
    "plain",
    "\x1e",
    `\x1e${NONCE}`,
    `\x1e${NONCE.slice(0, 5)}`,
    "\x1f",
    "\x00\xff\x1e\x1e",
    `${NONCE}\x1f`,
  ];
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom(...noise).map((text) => ({ text })),
          fc.nat(99).map((n) => ({ mark: `e ${n} 0` })),
        ),
        { maxLength: 30 },
      ),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
      (parts, sizes) => {
        const all = parts.flatMap((part) => ("mark" in part ? [mark(part.mark)] : [part.text]));
        // The last byte of an opening could belong to a mark that follows: a letter after each text keeps them apart.
        const stream = Buffer.from(
          `${all.map((text, i) => ("mark" in (parts[i] as object) ? text : `${text}~`)).join("")}~`,
          "latin1",
        );
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        const { data, marks } = read(chunks);
        expect(marks).toEqual(parts.flatMap((part) => ("mark" in part ? [part.mark] : [])));
        expect(data).toBe(`${parts.map((part) => ("mark" in part ? "|" : `${part.text}~`)).join("")}~`);
      },
    ),
    { numRuns: 500 },
  );
});
