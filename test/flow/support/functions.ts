import { evaluate } from "../../../src/flow/evaluate/evaluate.ts";
import { Scope } from "../../../src/flow/evaluate/scope.ts";
import { functionsIn } from "../../../src/flow/functions/table.ts";
import { parseExpressionText } from "../../../src/flow/syntax/parse.ts";
import { type FlowValue, Unknown } from "../../../src/flow/value.ts";
import { WORLD } from "./world.ts";

const FUNCTIONS = functionsIn(WORLD);

/** What an expression comes to with all functions, and with `later`, which is not known. */
export function worth(code: string, values: Readonly<Record<string, FlowValue>> = {}): FlowValue {
  const names = new Map<string, FlowValue>([["later", new Unknown(["task.t.a"])], ...Object.entries(values)]);
  return evaluate(parseExpressionText(code, "x.hcl"), new Scope(names, FUNCTIONS));
}
