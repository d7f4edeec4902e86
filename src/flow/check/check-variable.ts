import type { RcmError } from "../../errors.ts";
import { didYouMean } from "../../util/nearest.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { referencesOf } from "../evaluate/references.ts";
import { Scope } from "../evaluate/scope.ts";
import type { Variable } from "../flow.ts";
import type { FlowFunction } from "../functions/function.ts";
import { plainOf } from "../plain.ts";
import type { Block, Expression } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { readType } from "../types.ts";
import type { FlowValue } from "../value.ts";

const ARGUMENTS = ["default", "required", "description", "type", "sensitive"];

type Functions = ReadonlyMap<string, FlowFunction>;

/**
 * Checks a `variable` block and works out its default.
 *
 * @throws RcmError for a mistake with which the rest means nothing
 */
export function checkVariable(block: Block, functions: Functions, problems: RcmError[]): Variable {
  const { attributes, blocks } = block.body;
  for (const inner of blocks) problems.push(problemAt(inner, `A variable has no block "${inner.type}"`));
  for (const { name, nameSpan } of attributes.values()) {
    if (ARGUMENTS.includes(name)) continue;
    const known = didYouMean(name, ARGUMENTS) || `; expected ${ARGUMENTS.join(", ")}`;
    problems.push(problemAt(nameSpan, `A variable has no argument "${name}"${known}`));
  }
  const name = checkName(block);
  const type = attributes.get("type");
  const variable: Variable = {
    name,
    span: block,
    type: type && readType(type.value),
    default: constant(attributes.get("default")?.value, functions, "A default"),
    required: flag(attributes.get("required")?.value, functions, "required"),
    sensitive: flag(attributes.get("sensitive")?.value, functions, "sensitive"),
    description: description(attributes.get("description")?.value, functions),
  };
  checkDefault(variable, attributes.get("default")?.value);
  return variable;
}

function checkName({ labels }: Block): string {
  const [label] = labels;
  const name = label?.text ?? "";
  if (label && !/^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(name))
    throw problemAt(
      label,
      `A variable cannot be named ${JSON.stringify(name)}; expected letters, digits, _ and -`,
    );
  return name;
}

function checkDefault({ name, type, default: value }: Variable, expression: Expression | undefined): void {
  if (!type || !expression || value === undefined || value === null) return;
  if (type.schema.safeParse(plainOf(value, expression)).success) return;
  throw problemAt(expression, `The default of the variable "${name}" is no ${type.text}`);
}

/** What is the same in every run: functions may be called, but nothing is referred to. */
function constant(node: Expression | undefined, functions: Functions, what: string): FlowValue | undefined {
  if (!node) return undefined;
  const [reference] = referencesOf(node);
  if (reference)
    throw problemAt(
      reference.span,
      `${what} cannot refer to "${reference.path.join(".")}"; expected a value of its own`,
    );
  return evaluate(node, new Scope(new Map(), functions));
}

function flag(node: Expression | undefined, functions: Functions, name: string): boolean {
  const value = constant(node, functions, `"${name}"`);
  if (typeof value === "boolean" || !node) return value === true;
  throw problemAt(node, `"${name}" is not true or false`);
}

function description(node: Expression | undefined, functions: Functions): string | undefined {
  const value = constant(node, functions, "A description");
  if (typeof value === "string" || value === undefined || !node) return value as string | undefined;
  throw problemAt(node, "A description is text");
}
