import { problemAt } from "../syntax/problem.ts";
import { type Span, textOf } from "../syntax/source.ts";
import { type FlowValue, kindOf, Special } from "../value.ts";

/** A value as the kind that is wanted; refused, with its place, when it is none. What is no text but means it converts, as in HCL. */
export const wanted = { bool: wantedBool, number: wantedNumber, text: wantedText };

function wantedBool(value: FlowValue, span: Span, what: string): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true") return true;
  if (value === "false") return false;
  throw problemAt(span, `${what} is ${described(value)}; expected true or false`);
}

function wantedNumber(value: FlowValue, span: Span, what: string): number {
  if (typeof value === "number") return value;
  const number = typeof value === "string" ? numberIn(value) : undefined;
  if (number !== undefined) return number;
  const hint = typeof value === "string" ? 'Texts are joined in a template: "${a}${b}"' : undefined;
  throw problemAt(span, `${what} is ${described(value)}; expected a number`, hint);
}

function wantedText(value: FlowValue, span: Span, what: string): string {
  const text = asText(value);
  if (text !== undefined) return text;
  const hint =
    typeof value === "object" && value !== null ? "tojson(…) and join(…) make text of it" : undefined;
  throw problemAt(span, `${what} is ${described(value)}; expected text, a number or a bool`, hint);
}

/** The number that a text is; undefined when it is none. */
export function numberIn(text: string): number | undefined {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : undefined;
}

/** A value as text, as a template shows it; undefined where it has none. */
export function asText(value: FlowValue): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return String(value);
  return value instanceof Special ? value.text() : undefined;
}

/** A number in digits, without an exponent however large or small it is. */
export function numberText(value: number): string {
  if (Object.is(value, -0)) return "0";
  const text = String(value);
  if (!text.includes("e")) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [digits = "", exponent] = text.split("e-");
  const sign = digits.startsWith("-") ? "-" : "";
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${digits.replaceAll(/[-.]/g, "")}`;
}

/** An expression as it is written, short, for messages. */
export function quoted(span: Span): string {
  const text = textOf(span).replaceAll(/\s+/g, " ");
  return `"${text.length > 60 ? `${text.slice(0, 59)}…` : text}"`;
}

/** A value for messages: a short text as it is, else its kind. */
export function described(value: FlowValue): string {
  if (typeof value === "number" || typeof value === "boolean") return `${value}`;
  return typeof value === "string" && value.length <= 40 ? JSON.stringify(value) : kindOf(value);
}
