import type { RcmError } from "../errors.ts";
import { throwAll } from "../errors.ts";
import { collecting } from "./check/problems.ts";
import { evaluate } from "./evaluate/evaluate.ts";
import { Scope } from "./evaluate/scope.ts";
import { functionsIn } from "./functions/table.ts";
import type { World } from "./functions/world.ts";
import { plainOf } from "./plain.ts";
import { parseFile } from "./syntax/parse.ts";
import { problemAt } from "./syntax/problem.ts";
import type { FlowValue } from "./value.ts";

/**
 * The values of a file of variables: arguments without blocks. They may call functions, and refer to those above them.
 *
 * @throws RcmError or Problems, each with its place
 */
export function readVariables(text: string, file: string, world: World): Readonly<Record<string, unknown>> {
  const body = parseFile(text, file);
  const problems: RcmError[] = body.blocks.map((block) =>
    problemAt(
      block,
      `Expected name = value, found the block "${block.type}"`,
      "A flow itself is no file of variables",
    ),
  );
  const functions = functionsIn(world);
  const known = new Map<string, FlowValue>();
  const plain: Record<string, unknown> = {};
  for (const { name, value } of body.attributes.values()) {
    for (const result of collecting(problems, () => evaluate(value, new Scope(known, functions)))) {
      known.set(name, result);
      plain[name] = plainOf(result, value);
    }
  }
  throwAll(problems);
  return plain;
}
