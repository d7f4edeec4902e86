import { RcmError } from "../../../src/errors.ts";
import { parseExpressionText, tryParseFile } from "../../../src/flow/syntax/parse.ts";
import { oracleJson, oracleTree } from "./oracle.ts";
import { ownJson, ownTree } from "./own-tree.ts";

/** How rcm and HashiCorp's parser differ over an input; undefined when they agree. */
export async function differenceOfExpression(text: string): Promise<string | undefined> {
  const theirs = await oracleTree(text);
  const own = readExpression(text);
  if ("problem" in own)
    return theirs && !isDocumented(own.problem) ? `only rcm refuses: ${own.problem}` : undefined;
  if (!theirs) return "only rcm accepts";
  return compared(own.tree, theirs.tree);
}

/** The same for a whole file. */
export async function differenceOfFile(text: string): Promise<string | undefined> {
  const theirs = await oracleJson(text);
  const { body, problems } = tryParseFile(text, "x.hcl");
  const [problem] = problems;
  if (problem)
    return theirs !== undefined && !isDocumented(problem.message)
      ? `only rcm refuses: ${problem.message}`
      : undefined;
  if (theirs === undefined) return "only rcm accepts";
  return theirs === "not shown" ? undefined : compared(ownJson(body), theirs);
}

function compared(own: unknown, theirs: unknown): string | undefined {
  const [a, b] = [canonical(own), canonical(theirs)];
  return a === b ? undefined : `rcm ${a}\n     hcl ${b}`;
}

/** Keys in order; a number as a double; and text in Unicode's composed form, which HCL brings all text to. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ).normalize("NFC");
}

/** What rcm refuses on purpose, and HCL takes: docs/flows-conformance.md. */
function isDocumented(message: string): boolean {
  return /too large|Nested too deep|too long or too deep/.test(message);
}

function readExpression(text: string): { tree: unknown } | { problem: string } {
  try {
    return { tree: ownTree(parseExpressionText(text, "x.hcl")) };
  } catch (error) {
    if (error instanceof RcmError) return { problem: error.message };
    throw error;
  }
}
