/** A seeded source of numbers, so that a failure can be seen again. */
export type Random = (below: number) => number;

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A random expression, right by the grammar. */
export function randomExpression(random: Random, depth = 4): string {
  const forms = depth <= 0 ? SIMPLE : [...SIMPLE, ...COMPOUND, ...COMPOUND];
  return pick(random, forms)(random, () => randomExpression(random, depth - 1));
}

/** A random file, right by the grammar. */
export function randomFile(random: Random, depth = 3): string {
  const names = ["a", "b2", "long-name", "_x", "é"].slice(0, 1 + random(5));
  const attributes = names.map(
    (name) =>
      `${gap(random)}${name}${gap(random)}=${gap(random)}${randomExpression(random, 3)}${lineEnd(random)}`,
  );
  const blocks = Array.from({ length: depth > 0 ? random(3) : 0 }, () => block(random, depth - 1));
  return [...attributes, ...blocks, random(3) === 0 ? "\n" : ""].join("");
}

/** Some letters of a text taken out, doubled, swapped or exchanged. */
export function mutate(random: Random, text: string): string {
  let mutated = text;
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(mutated.length + 1);
    const to = at + random(4);
    const noise = pick(random, NOISE);
    const middle = [noise, "", mutated.slice(at, to).repeat(2), noise + mutated.slice(at, to)][random(4)];
    mutated = mutated.slice(0, at) + middle + mutated.slice(to);
  }
  return mutated;
}

type Form = (random: Random, inner: () => string) => string;

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function gap(random: Random): string {
  return pick(random, ["", " ", " ", "  ", "\t"]);
}

/** Between things in brackets, where newlines and comments mean nothing. */
function loose(random: Random): string {
  return pick(random, ["", "", " ", " ", "\n", " # c\n", " /* c */ ", "\r\n", "// c\n"]);
}

function lineEnd(random: Random): string {
  return pick(random, ["\n", "\n", "\n\n", " # c\n", " // c\n", "\r\n", "/* c */\n"]);
}

function block(random: Random, depth: number): string {
  const labels = pick(random, ["", ' "a"', " a", ' "a b" c', ' "\\n"', ' "x" "$"', '"x"']);
  const head = `${pick(random, ["flow", "task", "x-y"])}${labels} {`;
  if (random(4) === 0)
    return `${head} ${random(2) === 0 ? "" : `a = ${randomExpression(random, 2)} `}}${lineEnd(random)}`;
  return `${head}${lineEnd(random)}${randomFile(random, depth)}}${lineEnd(random)}`;
}

const name: Form = (random) =>
  pick(random, ["x", "var", "task", "a-b", "_1", "for1", "in", "if", "naïve", "世界"]);
const number: Form = (random) =>
  pick(random, ["0", "1", "42", "1.5", "1e3", "2E-2", "1.0e+1", "007", "9007199254740991"]);
const text = (random: Random): string =>
  Array.from({ length: random(4) }, () => pick(random, TEXTS)).join("");
const TEXTS = [
  "a",
  " ",
  "b c",
  "\\n",
  '\\"',
  "\\\\",
  "\\u00e9",
  "\\U0001F600",
  "$",
  "%",
  "$$",
  "$${",
  "%%{",
  "$ {",
  "é",
  "#",
  "//",
  "{",
  "}",
  "'",
  "\\t",
  "\\r",
  "~",
];

const string: Form = (random, inner) => {
  const part = (): string =>
    pick(random, [
      () => text(random),
      () => text(random),
      () => sequence(random, inner),
      () => directive(random, inner),
    ])();
  return `"${Array.from({ length: random(4) }, part).join("")}"`;
};

function sequence(random: Random, inner: () => string): string {
  return `\${${tilde(random)}${loose(random)}${inner()}${loose(random)}${tilde(random)}}`;
}

function tilde(random: Random): string {
  return random(4) === 0 ? "~" : "";
}

function directive(random: Random, inner: () => string): string {
  const mark = (body: string): string => `%{${tilde(random)} ${body} ${tilde(random)}}`;
  return random(2) === 0
    ? `${mark(`if ${inner()}`)}${text(random)}${random(2) === 0 ? `${mark("else")} ${text(random)}` : ""}${mark("endif")}`
    : `${mark(`for ${random(2) === 0 ? "k, " : ""}v in ${inner()}`)}${text(random)}${sequence(random, () => "v")}${mark("endfor")}`;
}

const heredoc: Form = (random, inner) => {
  const lines = Array.from({ length: random(4) }, () => {
    const indent = " ".repeat(random(5));
    return pick(random, [
      "",
      `${indent}text`,
      `${indent}a "b" \\n $ %`,
      `${indent}${sequence(random, inner)} end`,
      `${indent}$\${x}`,
      `  ${indent}`,
      `${indent}EOTX`,
      directive(random, inner),
    ]);
  });
  const marker = pick(random, ["EOT", "E", "END_1"]);
  return `(<<${random(2) === 0 ? "-" : ""}${marker}\n${lines.map((line) => `${line}\n`).join("")}${" ".repeat(random(4))}${marker}\n)`;
};

const SIMPLE: readonly Form[] = [name, number, () => "true", () => "null", (random) => `"${text(random)}"`];

const COMPOUND: readonly Form[] = [
  string,
  string,
  heredoc,
  (random, inner) => `[${separated(random, inner)}]`,
  (random, inner) => `{${entries(random, inner)}}`,
  (random, inner) => `${name(random, inner)}(${separated(random, inner)})`,
  (random, inner) => `${name(random, inner)}(${inner()}${random(2) === 0 ? "..." : ","}${loose(random)})`,
  (random, inner) => `(${loose(random)}${inner()}${loose(random)})`,
  (random, inner) => `${pick(random, ["-", "!"])}${gap(random)}${inner()}`,
  (random, inner) => `${inner()}${gap(random)}${pick(random, OPERATOR)}${gap(random)}${inner()}`,
  (_random, inner) => `${inner()} ? ${inner()} : ${inner()}`,
  (random, inner) => `${postfix(random, inner)}${step(random, inner)}`,
  (random, inner) =>
    `${postfix(random, inner)}${step(random, inner)}${step(random, inner)}${step(random, inner)}`,
  (random, inner) =>
    `[for ${random(2) === 0 ? "k, " : ""}v in ${inner()} :${loose(random)}${inner()}${condition(random, inner)}]`,
  (random, inner) =>
    `{${loose(random)}for k, v in ${inner()} : ${inner()}${loose(random)}=> ${inner()}${random(3) === 0 ? "..." : ""}${condition(random, inner)}}`,
];

const OPERATOR = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"];

const postfix: Form = (random, inner) =>
  pick(random, [name, name, name, (_, inner) => `(${inner()})`, (_, inner) => `f(${inner()})`] as Form[])(
    random,
    inner,
  );

const step: Form = (random, inner) =>
  pick(random, [
    ".a",
    ".b-c",
    ".0",
    "[0]",
    '["k"]',
    ".*",
    "[*]",
    ".*.x",
    ".*.0",
    `[${loose(random)}${inner()}]`,
    `[${inner()}]`,
  ]);

function condition(random: Random, inner: () => string): string {
  return random(2) === 0 ? ` if ${inner()}${loose(random)}` : loose(random);
}

function separated(random: Random, inner: () => string): string {
  const items = Array.from({ length: random(4) }, () => `${loose(random)}${inner()}${loose(random)}`);
  return items.join(",") + (items.length > 0 && random(4) === 0 ? ",\n" : "");
}

function entries(random: Random, inner: () => string): string {
  const keys = ["a", "a-b", '"s"', "(x)", "1", "true", '"${x}"', "if"];
  const made = Array.from({ length: random(4) }, () => {
    return `${gap(random)}${pick(random, keys)}${gap(random)}${pick(random, ["=", ":"])} ${inner()}`;
  });
  return (
    made.join(pick(random, [",", ", ", "\n", ",\n", " # c\n", "\n\n"])) +
    pick(random, ["", "\n", made.length > 0 ? "," : ""])
  );
}

const NOISE = [
  ..."{}[]()\"$%~.,=:?!<>&|+-*/#\\\n\r\t 0a'`;^@é",
  "${",
  "%{",
  "<<E\n",
  "E\n",
  "/*",
  "*/",
  "//",
  "...",
  "=>",
  "for ",
  "if ",
  "in ",
  "null",
  "\u0000",
  "\u00a0",
  "::",
];
