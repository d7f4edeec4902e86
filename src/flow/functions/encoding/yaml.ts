import {
  type Document,
  isMap,
  isPair,
  isScalar,
  Document as NewDocument,
  parseAllDocuments,
  visit,
} from "yaml";
import { define } from "../define.ts";
import { compareText } from "../kinds/order.ts";
import { any, text } from "../params.ts";
import { asJson } from "./compact-json.ts";
import { fromPlain } from "./plain.ts";

/** Functions about YAML. */
export const YAML = [
  define({
    name: "yamldecode",
    category: "Encoding",
    params: [text("text")],
    summary: "The value that a text of YAML, one document, holds.",
    details:
      "YAML 1.2's core types, anchors and `<<`; other tags are refused, and so are keys that are no scalars.",
    examples: [
      ['yamldecode("hello: world")', '{hello = "world"}'],
      ['yamldecode("- 1\\n- no\\n- {a: null}")', '[1, "no", {a = null}]'],
      ['yamldecode("a: &x [1]\\nb: *x")', "{a = [1], b = [1]}"],
    ],
    call: ([text]) => fromPlain(decoded(text)),
  }),
  define({
    name: "yamlencode",
    category: "Encoding",
    params: [any("value")],
    summary: "The value as YAML in blocks, with the keys of objects in their order and all texts in quotes.",
    examples: [
      ['yamlencode({b = "c", a = [1, true]})', '"\\"a\\":\\n- 1\\n- true\\n\\"b\\": \\"c\\"\\n"'],
      ['yamlencode({text = "x\\ny\\n"})', '"\\"text\\": |\\n  x\\n  y\\n"'],
    ],
    call: ([value]) => {
      const document = new NewDocument(asJson(value), {
        sortMapEntries: byKey,
        aliasDuplicateObjects: false,
      });
      literalBlocks(document);
      return document.toString({
        defaultStringType: "QUOTE_DOUBLE",
        defaultKeyType: "QUOTE_DOUBLE",
        doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
        indentSeq: false,
        lineWidth: 0,
      });
    },
  }),
];

function decoded(text: string): unknown {
  const documents = parseAllDocuments(text, {
    version: "1.2",
    merge: true,
    intAsBigInt: true,
    prettyErrors: true,
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (second) throw new Error("the text holds several documents of YAML; expected one");
  if (!document) return null;
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw new Error(`the text is no YAML that can be read: ${problem.message.split("\n")[0]}`);
  visit(document, {
    Pair: (_, { key }) => {
      if (isMap(key) || (!isScalar(key) && key !== null && typeof key === "object" && "items" in key)) {
        throw new Error("a key is no text, number or bool; expected one");
      }
    },
  });
  return document.toJS();
}

function literalBlocks(document: Document): void {
  visit(document, {
    Scalar: (key, node) => {
      if (key !== "key" && typeof node.value === "string" && node.value.includes("\n"))
        node.type = "BLOCK_LITERAL";
    },
  });
}

function byKey(a: unknown, b: unknown): number {
  return compareText(nameOf(a), nameOf(b));
}

function nameOf(pair: unknown): string {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : "";
}
