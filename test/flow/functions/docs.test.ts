import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { functionsMarkdown } from "../support/functions-markdown.ts";

const PAGE = fileURLToPath(new URL("../../../docs/functions.md", import.meta.url));

test("docs/functions.md is what the table says; `npx vitest run -u test/flow/functions/docs.test.ts` writes it", async () => {
  await expect(functionsMarkdown()).toMatchFileSnapshot(PAGE);
});
