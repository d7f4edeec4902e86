import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { functionsMarkdown } from "../support/functions-markdown.ts";

const PAGE = new URL("../../../docs/functions.md", import.meta.url);

test("docs/functions.md is what the table says; with RCM_WRITE_DOCS=1 it is written", async () => {
  if (process.env.RCM_WRITE_DOCS === "1") await writeFile(PAGE, functionsMarkdown());
  expect(await readFile(PAGE, "utf8")).toBe(functionsMarkdown());
});
