import { callsIn, referencesOf } from "../evaluate/references.ts";
import { OF_RUN } from "../functions/define.ts";
import { table } from "../functions/table.ts";
import type { Expression, Template } from "../syntax/ast.ts";
import { textOf } from "../syntax/source.ts";
import { jsonCode, listCode, objectCode, rawText, stringCode, templateText } from "./code.ts";
import type { Env, Piece } from "./env.ts";
import { type Code, codeOf, partsOf } from "./known-code.ts";
import { cannot, resolve } from "./resolve.ts";

/** Functions that work out only some of their arguments. */
const LAZY = new Set(["try", "can"]);

/**
 * An expression of a flow as TypeScript with the same value: plain code where that means the same, else the expression
 * itself in `hcl`.
 *
 * @throws RcmError with the place
 */
export function translate(expression: Expression, env: Env): Code {
  switch (expression.kind) {
    case "literal":
      return codeOf(jsonCode(expression.value), {
        isText: typeof expression.value === "string",
        mayBeNull: expression.value === null,
      });
    case "wrap":
    case "brackets":
      return translate(expression.inner, env);
    case "template":
      return template(expression, env);
    case "name":
    case "access":
    case "index":
      return reference(expression, env) ?? embedded(expression, env);
    case "unary":
      return expression.operator === "-" && expression.operand.kind === "literal"
        ? codeOf(`-${jsonCode(expression.operand.value)}`)
        : embedded(expression, env);
    case "list":
      return list(expression.items.map((item) => translate(item, env)));
    case "object":
      return object(expression.entries, env) ?? embedded(expression, env);
    default:
      return embedded(expression, env);
  }
}

/** An expression as `hcl`, with code in place of what it refers to. */
function embedded(expression: Expression, env: Env): Code {
  const parts: Code[] = [];
  const code = `${env.file.flow("hcl")}\`${rawOf(expression, env, isLazy(expression), parts)}\``;
  return codeOf(code, { ...partsOf(parts), mayBeNull: true });
}

/** The text of an expression, for between the backquotes of `hcl`. */
export function rawOf(expression: Expression, env: Env, lazy: boolean, parts: Code[]): string {
  const { start: from, end: to } = expression;
  const text = textOf({ source: expression.source, start: from, end: to });
  const places = [
    ...referencesOf(expression).map((one) => {
      const { piece, steps } = resolve(one, env, translate);
      const last = stepAt(one.span as Expression, one.path.length - steps);
      return { start: last.start, end: last.end, code: holeOf(piece, lazy, parts) };
    }),
    ...callsIn(expression).flatMap((call) => {
      const { name, start } = call;
      const origin = env.flow.functions.get(name)?.origin;
      if (!origin && table.get(name)?.dependsOn === OF_RUN)
        throw cannot(call, `${name}() gives something else in each run; make it a variable`);
      if (!origin) return [];
      // Up to the bracket: `hcl` knows by it that this is called.
      const end = from + text.indexOf("(", start - from + name.length);
      return [{ start, end, code: `\${${env.file.use(origin, name)}}` }];
    }),
  ].toSorted((a, b) => a.start - b.start);
  let done = from;
  let made = "";
  for (const { start, end, code } of places) {
    made += rawText(text.slice(done - from, start - from)) + code;
    done = end;
  }
  return made + rawText(text.slice(done - from));
}

function holeOf(piece: Piece, lazy: boolean, parts: Code[]): string {
  if ("expression" in piece) {
    const raw = rawOf(piece.expression, piece.env, lazy, parts);
    return isPath(piece.expression) ? raw : `(${raw})`;
  }
  parts.push(piece);
  return lazy && piece.isDue ? `\${() => ${piece.code}}` : `\${${piece.code}}`;
}

function isPath({ kind }: Expression): boolean {
  return kind === "name" || kind === "access" || kind === "index";
}

/** The expression that is so many steps before the end of `a.b.c`. */
function stepAt(expression: Expression, back: number): Expression {
  let node = expression;
  for (let i = 0; i < back && (node.kind === "access" || node.kind === "index"); i++) node = node.target;
  return node;
}

/** Are there parts of it that are not always worked out? */
function isLazy(expression: Expression): boolean {
  const text = textOf(expression);
  return /\?|&&|\|\||%\{/.test(text) || callsIn(expression).some(({ name }) => LAZY.has(name));
}

/** A reference that stands for code as a whole; undefined when something is read of what it stands for. */
function reference(expression: Expression, env: Env): Code | undefined {
  const [only, other] = referencesOf(expression);
  if (!only || other || only.span !== expression) return undefined;
  const { piece, steps } = resolve(only, env, translate);
  if (steps !== only.path.length) return undefined;
  if ("expression" in piece) return translate(piece.expression, piece.env);
  return piece.fits ? piece : undefined;
}

function list(items: readonly Code[]): Code {
  return codeOf(listCode(items.map(({ code }) => code)), partsOf(items));
}

type Entries = Extract<Expression, { kind: "object" }>["entries"];

function object(entries: Entries, env: Env): Code | undefined {
  const found = entries.map(({ key, value }) => [keyOf(key), translate(value, env)] as const);
  if (found.some(([key]) => key === undefined)) return undefined;
  const code = objectCode(found.map(([key, value]) => [key ?? "", value.code]));
  return codeOf(code, partsOf(found.map(([, value]) => value)));
}

/** The text of a key that is written out. */
function keyOf(key: Expression): string | undefined {
  if (key.kind === "name") return key.name;
  if (key.kind === "literal") return String(key.value);
  if (key.kind !== "template" || key.parts.some(({ kind }) => kind !== "literal")) return undefined;
  return key.parts.map((part) => (part.kind === "literal" ? String(part.value) : "")).join("");
}

/** A string or heredoc. */
function template(expression: Template, env: Env): Code {
  const { parts } = expression;
  if (parts.some(({ kind }) => kind.endsWith("directive"))) return embedded(expression, env);
  if (parts.every(({ kind }) => kind === "literal"))
    return codeOf(stringCode(parts.map(literalText).join("")), { isText: true });
  const codes = parts.map((part) => (part.kind === "literal" ? undefined : translate(part, env)));
  const holes = codes.filter((code) => code !== undefined);
  const isPlain = holes.every(({ isText }) => isText);
  const body = parts.map((part, i) => (codes[i] ? holeText(codes[i]) : templateText(literalText(part))));
  const tag = isPlain ? "" : env.file.flow("text");
  return codeOf(`${tag}\`${body.join("")}\``, { ...partsOf(holes), isText: true });
}

/** Between backquotes, a text needs no quotes of its own. */
function holeText({ code, isText }: Code): string {
  if (isText && code.startsWith('"')) return templateText(JSON.parse(code) as string);
  return isText && code.startsWith("`") ? code.slice(1, -1) : `\${${code}}`;
}

function literalText(part: Expression): string {
  return part.kind === "literal" ? String(part.value) : "";
}

/**
 * An option of a module: code, or a function of the context where it is known only when the step is due. Lists and objects
 * that are written out are looked at item by item.
 */
export function option(expression: Expression, env: Env, isTop = true): Code {
  const whole = translate(expression, env);
  if (whole.isDue && expression.kind === "list")
    return list(expression.items.map((item) => option(item, env, false)));
  if (whole.isDue && expression.kind === "object") {
    const found = expression.entries.map(
      ({ key, value }) => [keyOf(key), option(value, env, false)] as const,
    );
    if (found.every(([key]) => key !== undefined)) {
      const code = objectCode(found.map(([key, value]) => [key ?? "", value.code]));
      return codeOf(code, partsOf(found.map(([, value]) => value)));
    }
  }
  if (whole.isDue && expression.kind === "conditional") {
    const condition = translate(expression.condition, env);
    if (!condition.isDue) return chosen(condition, expression, env, isTop);
  }
  const isGuarded = whole.mayBeNull && (isTop || whole.isDue) && expression.kind !== "literal";
  const code = isGuarded ? `${whole.code} ?? undefined` : whole.code;
  return { ...whole, code: whole.isDue ? `(ctx) => ${arrowBody(code)}` : code, mayBeNull: false };
}

/** What the side gives that a known condition chooses. */
function chosen(
  condition: Code,
  { then, otherwise }: Extract<Expression, { kind: "conditional" }>,
  env: Env,
  isTop: boolean,
): Code {
  const sides = [option(then, env, isTop), option(otherwise, env, isTop)];
  const [a, b] = sides.map(({ code }) => (code.startsWith("(ctx) =>") ? `(${code})` : code));
  const code = `${env.file.flow("isTrue")}(${condition.code}) ? ${a} : ${b}`;
  return codeOf(code, partsOf([condition, ...sides]));
}

function arrowBody(code: string): string {
  return code.startsWith("{") ? `(${code})` : code;
}

/** Something that must be known where the runbook is written, such as which flow a task runs. */
export function constantText(expression: Expression, what: string): string {
  const inner = expression.kind === "wrap" || expression.kind === "brackets" ? expression.inner : expression;
  const text = inner.kind === "template" ? keyOf(inner) : undefined;
  if (text !== undefined) return text;
  throw cannot(expression, `${what} must be written out as a text`);
}
