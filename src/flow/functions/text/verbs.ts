import { asText, numberIn, numberText } from "../../evaluate/convert.ts";
import { type FlowList, type FlowValue, kindOf } from "../../value.ts";
import { compactJson } from "../encoding/compact-json.ts";
import { fixed, scientific } from "../kinds/decimal.ts";

interface Verb {
  readonly flags: string;
  readonly index: number | undefined;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly letter: string;
  /** As it is written. */
  readonly text: string;
}

const VERB =
  /%(?:%|(?<flags>[-+# 0]*)(?<width>\d*)(?:\.(?<precision>\d*))?(?:\[(?<index>\d+)\])?(?<letter>[a-zA-Z]?))/gs;

/** The widest field, and the most digits behind the point. */
const WIDEST = 10_000;

/**
 * Terraform's `format`: a text with verbs for values.
 *
 * @throws Error naming the verb that is none, or that its value does not fit, and what is too few or too many
 */
export function printf(format: string, values: FlowList): string {
  let next = 0;
  let most = 0;
  const text = format.replaceAll(VERB, (...match) => {
    const groups = match.at(-1) as Record<string, string | undefined>;
    if (match[0] === "%%") return "%";
    const verb = readVerb(match[0], groups);
    const at = verb.index === undefined ? next : verb.index - 1;
    next = at + 1;
    most = Math.max(most, next);
    const value = values[at];
    if (value === undefined) throw new Error(`there is no value for the verb "${verb.text}"`);
    return show(verb, value);
  });
  if (most < values.length) {
    throw new Error(`${values.length} values are given, and there are verbs for ${most} of them`);
  }
  return text;
}

function readVerb(text: string, groups: Readonly<Record<string, string | undefined>>): Verb {
  const { flags = "", width, precision, index, letter = "" } = groups;
  for (const size of [width, precision]) {
    if (Number(size ?? 0) > WIDEST) throw new Error(`${size} is too wide; at most ${WIDEST} is allowed`);
  }
  if (index === "0") throw new Error(`"${text}" wants value 0; values are counted from 1`);
  return {
    flags,
    index: index === undefined ? undefined : Number(index),
    width: width ? Number(width) : undefined,
    precision: precision === undefined ? undefined : Number(precision),
    letter,
    text,
  };
}

function show(verb: Verb, value: FlowValue): string {
  const write = VERBS[verb.letter];
  if (!write) {
    throw new Error(
      `"${verb.text}" is no verb; expected %v %#v %t %b %d %o %x %X %e %E %f %g %G %s %q, or %% for a percent sign`,
    );
  }
  return write(verb, value);
}

type Write = (verb: Verb, value: FlowValue) => string;

const VERBS: Readonly<Record<string, Write>> = {
  v: (verb, value) => (verb.flags.includes("#") ? padded(compactJson(value), verb) : plain(verb, value)),
  t: (verb, value) => padded(String(boolOf(verb, value)), verb),
  s: (verb, value) => padded(cut(textOf(verb, value), verb), verb),
  q: (verb, value) => padded(JSON.stringify(cut(textOf(verb, value), verb)), verb),
  d: (verb, value) => whole(verb, value, 10, ""),
  b: (verb, value) => whole(verb, value, 2, "0b"),
  o: (verb, value) => whole(verb, value, 8, "0"),
  x: (verb, value) => whole(verb, value, 16, "0x"),
  X: (verb, value) => whole(verb, value, 16, "0X").toUpperCase(),
  e: (verb, value) => signed(verb, numberOf(verb, value), (n) => exponential(n, verb.precision ?? 6)),
  E: (verb, value) =>
    signed(verb, numberOf(verb, value), (n) => exponential(n, verb.precision ?? 6)).toUpperCase(),
  f: (verb, value) => signed(verb, numberOf(verb, value), (n) => fixed(n, verb.precision ?? 6)),
  g: (verb, value) => signed(verb, numberOf(verb, value), (n) => general(n, verb.precision)),
  G: (verb, value) => signed(verb, numberOf(verb, value), (n) => general(n, verb.precision)).toUpperCase(),
};

/** `%v`: what is no text, number or bool as JSON. */
function plain(verb: Verb, value: FlowValue): string {
  if (typeof value === "number") return signed(verb, value, numberText);
  return padded(asText(value) ?? compactJson(value), verb);
}

function boolOf(verb: Verb, value: FlowValue): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  throw misfit(verb, value, "true or false");
}

function textOf(verb: Verb, value: FlowValue): string {
  const text = asText(value);
  if (text !== undefined) return text;
  throw misfit(verb, value, "text");
}

function numberOf(verb: Verb, value: FlowValue): number {
  const number = typeof value === "string" ? numberIn(value) : value;
  if (typeof number === "number") return number;
  throw misfit(verb, value, "a number");
}

function misfit({ text }: Verb, value: FlowValue, wanted: string): Error {
  return new Error(`the verb "${text}" does not fit ${kindOf(value)}; expected ${wanted}`);
}

/** The fraction of a number is dropped. */
function whole(verb: Verb, value: FlowValue, base: number, prefix: string): string {
  const number = Math.trunc(numberOf(verb, value));
  const before = verb.flags.includes("#") ? prefix : "";
  return signed(
    verb,
    number,
    (n) =>
      before +
      BigInt(n)
        .toString(base)
        .padStart(verb.precision ?? 0, "0"),
  );
}

/** With its sign, and zeros behind that. */
function signed(verb: Verb, number: number, write: (magnitude: number) => string): string {
  const plus = verb.flags.includes("+") ? "+" : verb.flags.includes(" ") ? " " : "";
  const sign = number < 0 ? "-" : plus;
  const text = write(Math.abs(number));
  const zeros = verb.flags.includes("0") && !verb.flags.includes("-");
  return padded(sign + (zeros ? text.padStart((verb.width ?? 0) - sign.length, "0") : text), verb);
}

function padded(text: string, { width = 0, flags }: Verb): string {
  const missing = " ".repeat(Math.max(0, width - [...text].length));
  return flags.includes("-") ? text + missing : missing + text;
}

function cut(text: string, { precision }: Verb): string {
  return precision === undefined ? text : [...text].slice(0, precision).join("");
}

function exponential(number: number, places: number): string {
  const [mantissa, power] = scientific(number, places);
  return mantissa + exponentOf(power);
}

function exponentOf(power: number): string {
  return `e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** The shortest digits that mean the number, or as many as wanted. */
function general(number: number, precision: number | undefined): string {
  const digits = precision === undefined ? undefined : Math.max(1, precision);
  const [mantissa, power] = digits === undefined ? shortest(number) : scientific(number, digits - 1);
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (power < -4 || power >= (digits ?? 21)) return short + exponentOf(power);
  if (digits === undefined) return numberText(number);
  const text = fixed(number, Math.max(0, digits - 1 - power));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function shortest(number: number): readonly [string, number] {
  const [mantissa = "", power] = number.toExponential().split("e");
  return [mantissa, Number(power)];
}
