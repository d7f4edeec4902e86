import { callsIn } from "../evaluate/references.ts";
import type { Flow, Variable } from "../flow.ts";
import { OF_RUN } from "../functions/define.ts";
import { table } from "../functions/table.ts";
import { jsonOf } from "../plain.ts";
import type { Expression } from "../syntax/ast.ts";
import { parseExpressionText } from "../syntax/parse.ts";
import { textOf } from "../syntax/source.ts";
import { callCode, jsonCode, listCode, memberCode, objectCode, rawText } from "./code.ts";
import type { Piece } from "./env.ts";
import type { File } from "./file.ts";
import { type Code, codeOf } from "./known-code.ts";
import { cannot } from "./resolve.ts";

/** The schema of a runbook's params, for a flow's variables; undefined when there are none. */
export function paramsCode(flow: Flow, file: File): string | undefined {
  const entries = Array.from(
    flow.variables.values(),
    (one) => [one.name, schemaCode(one, flow, file)] as const,
  );
  return entries.length === 0 ? undefined : callCode(`${zod(file)}.object`, [objectCode(entries)]);
}

function zod(file: File): string {
  return file.use({ from: "rcm", name: "z" });
}

/** As `paramOf` makes it when a flow is run. */
function schemaCode(variable: Variable, flow: Flow, file: File): string {
  const { type, default: value, required, description } = variable;
  const schema = type ? typeCode(typeOf(type.text), file) : `${file.flow("anyValue")}()`;
  const nullable = isNullable(variable) ? `${schema}.nullable()` : schema;
  const known =
    value === undefined && required ? nullable : `${nullable}.default(${defaultCode(variable, flow, file)})`;
  return description === undefined ? known : `${known}.describe(${JSON.stringify(description)})`;
}

/** What reads a file, or the environment, does so each time. */
function defaultCode({ name, default: value }: Variable, { body }: Flow, file: File): string {
  const block = body.blocks.find(({ type, labels }) => type === "variable" && labels[0]?.text === name);
  const expression = block?.body.attributes.get("default")?.value;
  const depends = expression ? callsIn(expression).map((call) => table.get(call.name)?.dependsOn) : [];
  if (expression && depends.includes(OF_RUN))
    throw cannot(expression, "a default is another one in each run");
  if (!expression || depends.every((one) => one === undefined))
    return value === undefined ? "null" : jsonCode(jsonOf(value));
  return `() => ${file.flow("hcl")}\`${rawText(textOf(expression))}\``;
}

function isNullable({ default: value, required }: Variable): boolean {
  return value === null || (value === undefined && !required);
}

/** What stands for `var.NAME` in the flow itself. */
export function paramPiece(variable: Variable, file: File): Code {
  const kind = variable.type ? typeOf(variable.type.text) : undefined;
  const isText = kind?.kind === "name" && kind.name === "string" && !isNullable(variable);
  return codeOf(`${file.given("params")}${memberCode(variable.name)}`, {
    isText,
    fits: variable.type === undefined || !isNullable(variable),
    mayBeNull: isNullable(variable) || variable.type === undefined,
  });
}

function typeOf(text: string): Expression {
  return parseExpressionText(text, "type");
}

function typeCode(node: Expression, file: File): string {
  const z = zod(file);
  if (node.kind === "name") return simpleCode(node.name, file);
  if (node.kind === "template") return simpleCode(textIn(node), file);
  if (node.kind !== "call") throw new Error(`no type: ${node.kind}`);
  const [arg] = node.args;
  if (!arg) throw new Error("a type without an argument");
  if (node.name === "tuple" && arg.kind === "list")
    return callCode(`${z}.tuple`, [listCode(arg.items.map((item) => typeCode(item, file)))]);
  if (node.name === "object" && arg.kind === "object")
    return callCode(`${z}.strictObject`, [
      objectCode(
        arg.entries.map(({ key, value }) => [key.kind === "name" ? key.name : "", memberType(value, file)]),
      ),
    ]);
  const item = typeCode(arg, file);
  return node.name === "map" ? `${z}.record(${z}.string(), ${item})` : `${z}.array(${item})`;
}

function memberType(node: Expression, file: File): string {
  const [inner] = node.kind === "call" && node.name === "optional" ? node.args : [];
  return inner ? `${typeCode(inner, file)}.nullish()` : typeCode(node, file);
}

function simpleCode(name: string, file: File): string {
  const z = zod(file);
  if (name === "any") return `${file.flow("anyValue")}()`;
  if (name === "map" || name === "object") return `${z}.record(${z}.string(), ${z}.json())`;
  if (["list", "set", "tuple"].includes(name)) return `${z}.array(${z}.json())`;
  return `${z}.${name === "bool" ? "boolean" : name}()`;
}

function textIn(node: Extract<Expression, { kind: "template" }>): string {
  return node.parts.map((part) => (part.kind === "literal" ? String(part.value) : "")).join("");
}

/** `const token = sensitive(secret, "token", params.token);`, and what then stands for the variable. */
export function sensitiveCode(
  name: string,
  { code, isText, mayBeNull, fits }: Code,
  file: File,
): { readonly line: string; readonly piece: Piece } {
  const constant = file.names.pick(name, `${name}Secret`);
  const line = `const ${constant} = ${callCode(file.flow("sensitive"), [file.given("secret"), JSON.stringify(name), code])};`;
  const known = { isDue: true, isText, mayBeNull, fits, secrets: [constant] };
  return { line, piece: codeOf(`${constant}.read(ctx)`, known) };
}
