import type { Span } from "./source.ts";

/** An expression; what its parts mean is HCL's. */
export type Expression =
  | Literal
  | Template
  | Wrap
  | Name
  | Access
  | Index
  | Splat
  | SplatItem
  | Call
  | Unary
  | Binary
  | Conditional
  | Brackets
  | ListOf
  | ObjectOf
  | For
  | IfDirective
  | ForDirective;

/** A number, `true`, `false`, `null`, or a piece of a template's text. */
export interface Literal extends Span {
  readonly kind: "literal";
  readonly value: null | boolean | number | string;
}

/** A string or heredoc. */
export interface Template extends Span {
  readonly kind: "template";
  readonly parts: readonly Expression[];
}

/** A template that is nothing but `${…}`: it keeps the value's type. */
export interface Wrap extends Span {
  readonly kind: "wrap";
  readonly inner: Expression;
}

/** A name on its own, or at the begin of `a.b.c`. */
export interface Name extends Span {
  readonly kind: "name";
  readonly name: string;
}

/** `target.name`. */
export interface Access extends Span {
  readonly kind: "access";
  readonly target: Expression;
  readonly name: string;
}

/** `target[key]`, and the old `target.0`. */
export interface Index extends Span {
  readonly kind: "index";
  readonly target: Expression;
  readonly key: Expression;
}

/** `source[*]…` or `source.*…`: `each` is worked out for every item. */
export interface Splat extends Span {
  readonly kind: "splat";
  readonly list: Expression;
  readonly each: Expression;
}

/** The item in a splat's `each`. */
export interface SplatItem extends Span {
  readonly kind: "item";
}

/** `name(args)`; with `expand` the last argument is spread. */
export interface Call extends Span {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expression[];
  readonly expand: boolean;
}

/** `-operand` or `!operand`. */
export interface Unary extends Span {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operand: Expression;
}

/** The operators between two values. */
export type BinaryOperator =
  | "||"
  | "&&"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

/** `left operator right`. */
export interface Binary extends Span {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `condition ? then : otherwise`. */
export interface Conditional extends Span {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

/** `(inner)`. */
interface Brackets extends Span {
  readonly kind: "brackets";
  readonly inner: Expression;
}

/** `[items]`. */
export interface ListOf extends Span {
  readonly kind: "list";
  readonly items: readonly Expression[];
}

/** `{entries}`; a key that is a bare name means its text. */
export interface ObjectOf extends Span {
  readonly kind: "object";
  readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
}

/** `[for …]`, or `{for …}` when there is a key. */
export interface For extends Span {
  readonly kind: "for";
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: Expression;
  readonly key: Expression | undefined;
  readonly value: Expression;
  readonly group: boolean;
  readonly condition: Expression | undefined;
}

/** `%{ if … }…%{ else }…%{ endif }`, in a template. */
export interface IfDirective extends Span {
  readonly kind: "if directive";
  readonly condition: Expression;
  readonly then: Template;
  readonly otherwise: Template | undefined;
}

/** `%{ for … }…%{ endfor }`, in a template. */
export interface ForDirective extends Span {
  readonly kind: "for directive";
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: Expression;
  readonly body: Template;
}

/** What stands in a file or between the braces of a block. */
export interface Body extends Span {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly blocks: readonly Block[];
}

/** `name = value`. */
export interface Attribute extends Span {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: Expression;
}

/** `type "label" { body }`; its span is that of its head, from the type to the last label. */
export interface Block extends Span {
  readonly type: string;
  readonly labels: readonly Label[];
  readonly body: Body;
}

/** One label of a block. */
export interface Label extends Span {
  readonly text: string;
}
