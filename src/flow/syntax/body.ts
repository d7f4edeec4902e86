import type { RcmError } from "../../errors.ts";
import type { Attribute, Block, Body, Label } from "./ast.ts";
import { MOST_PROBLEMS } from "./limits.ts";
import { type Parser, SyntaxFault } from "./parser.ts";
import { problemAt } from "./problem.ts";
import { positionOf, spanning, textOf } from "./source.ts";
import { parseLabel } from "./template.ts";
import type { Token } from "./token.ts";

interface Draft {
  readonly attributes: Map<string, Attribute>;
  readonly blocks: Block[];
}

/** Reads bodies, and goes on after a mistake with the next argument or block. */
export class BodyParser {
  readonly problems: RcmError[] = [];
  readonly #parser: Parser;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  /** Reads all of a source. */
  file(): Body {
    const draft: Draft = { attributes: new Map(), blocks: [] };
    while (!this.#parser.is("end") && !this.#isFull()) {
      if (this.#parser.is("}")) this.#stray();
      else this.#item(draft, false);
    }
    return { ...draft, source: this.#parser.source, start: 0, end: this.#parser.source.text.length };
  }

  #isFull(): boolean {
    return this.problems.length >= MOST_PROBLEMS;
  }

  #stray(): void {
    this.problems.push(
      problemAt(this.#parser.read(), 'Expected an argument or a block, found "}", which closes nothing'),
    );
  }

  #item(draft: Draft, inBlock: boolean): void {
    if (this.#parser.take("newline")) return;
    const from = this.#parser.index;
    try {
      const name = this.#parser.peek();
      if (name.type !== "identifier") this.#noItem(name);
      this.#parser.read();
      if (this.#parser.is("=")) this.#addAttribute(draft, this.#attribute(name));
      else draft.blocks.push(this.#block(name));
      this.#lineEnd();
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      if (error.problem) this.problems.push(error.problem);
      this.#parser.skipItem(from, inBlock);
    }
  }

  #noItem(token: Token): never {
    if (token.type !== "open quote") return this.#parser.unexpected("the name of an argument or block");
    return this.#parser.fail(
      token,
      "Expected the name of an argument or block, found a string",
      "Names stand without quotes",
    );
  }

  #attribute(name: Token): Attribute {
    this.#parser.read();
    const value = this.#parser.expression();
    return { name: textOf(name), nameSpan: spanning(name, name), value, ...spanning(name, value) };
  }

  #addAttribute({ attributes }: Draft, attribute: Attribute): void {
    const first = attributes.get(attribute.name);
    if (!first) attributes.set(attribute.name, attribute);
    else {
      const { line } = positionOf(first);
      this.problems.push(
        problemAt(
          attribute,
          `The argument "${attribute.name}" is set already, in line ${line}; expected it once`,
        ),
      );
    }
  }

  #lineEnd(): void {
    const next = this.#parser.peek();
    if (next.type === "newline") this.#parser.read();
    else if (next.type !== "end") this.#parser.unexpected("the end of the line", HINTS[next.type]);
  }

  #block(type: Token): Block {
    const labels = this.#labels(type);
    const head = this.#parser.since(type);
    const open = this.#parser.read();
    const body = this.#parser.nested(() => this.#blockBody(type, open));
    return { type: textOf(type), labels, body, ...head };
  }

  #labels(type: Token): readonly Label[] {
    const labels: Label[] = [];
    for (;;) {
      const next = this.#parser.peek();
      if (next.type === "{") return labels;
      if (next.type === "identifier")
        labels.push({ text: textOf(this.#parser.read()), ...spanning(next, next) });
      else if (next.type === "open quote") labels.push(parseLabel(this.#parser));
      else this.#noBody(type, labels.length, next);
    }
  }

  #noBody(type: Token, labels: number, next: Token): never {
    const name = textOf(type);
    if (next.type === "=")
      this.#parser.unexpected(`"{" or a label of the block "${name}"`, 'A block has no "="');
    if (next.type === "newline" && labels > 0) {
      this.#parser.unexpected(
        `"{" of the block "${name}"`,
        "The brace stands on the same line as the block's name",
      );
    }
    return labels > 0
      ? this.#parser.unexpected(`"{" or another label of the block "${name}"`)
      : this.#parser.unexpected(`"=" and a value, or a block's labels and "{", after "${name}"`);
  }

  #blockBody(type: Token, open: Token): Body {
    const draft: Draft = { attributes: new Map(), blocks: [] };
    const next = this.#parser.peek().type;
    if (next === "newline" || next === "}" || next === "end") this.#items(draft, type, open);
    else this.#oneLine(draft);
    return { ...draft, ...this.#parser.since(open) };
  }

  #items(draft: Draft, type: Token, open: Token): void {
    while (!this.#parser.take("}")) {
      if (this.#isFull()) return;
      if (this.#parser.is("end")) {
        this.#parser.fail(open, `The block "${textOf(type)}" is never closed; expected "}"`);
      }
      this.#item(draft, true);
    }
  }

  /** `block { name = value }`: one argument at most, and no block. */
  #oneLine(draft: Draft): void {
    const name = this.#parser.expect("identifier", 'the name of an argument, a newline or "}"');
    if (!this.#parser.is("=")) {
      this.#parser.unexpected(
        '"=" and a value',
        "A block on one line has no block in it; begin a new line after its opening brace",
      );
    }
    this.#addAttribute(draft, this.#attribute(name));
    if (this.#parser.take("}")) return;
    this.#parser.unexpected(
      '"}"',
      "A block on one line has one argument; begin a new line after its opening brace",
    );
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ",": "Arguments are not separated by commas; each stands on a line of its own",
  identifier: "Each argument stands on a line of its own",
};
