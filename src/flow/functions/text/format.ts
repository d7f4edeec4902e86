import { type FlowList, type FlowValue, isList, Special } from "../../value.ts";
import { define } from "../define.ts";
import { checkSize } from "../limits.ts";
import { any, optional, rest, text } from "../params.ts";
import { pythonFormat } from "./python-format.ts";
import { printf } from "./verbs.ts";

const VERBS =
  "`%v` any value, `%#v` as JSON, `%s` text, `%q` text in quotes, `%d` a whole number, `%b` `%o` `%x` `%X` one to the base 2, 8 and 16, `%f` `%e` `%E` `%g` `%G` a number with a fraction, `%t` a bool, `%%` a percent sign; between `%` and the letter flags (`+`, `-`, `0`, `#`, a space), a width, a precision, and `[n]` for the n-th value";

/** Functions that lay out values as text. */
export const FORMAT = [
  define({
    name: "format",
    category: "Text",
    params: [any("value"), optional(text("format"))],
    summary: "A value as text by a format specification of Python, such as `>8` or `.2f`.",
    details:
      "Python's `format`: `[[fill]align][sign][z][#][0][width][,_][.precision][type]`; of a date, directives such as `%Y-%m-%d`. Terraform's `format` is called `sprintf` here.",
    examples: [
      ['format(3.14159, ".2f")', '"3.14"'],
      ['format(1234567, ",")', '"1,234,567"'],
      ['format("rcm", ">8")', '"     rcm"'],
      ['format(255, "#06x")', '"0x00ff"'],
      ['format(datetime(2021, 7, 4), "%d.%m.%Y")', '"04.07.2021"'],
    ],
    call: ([value, format]) => hinted(value, format ?? ""),
  }),
  define({
    name: "formatlist",
    category: "Text",
    params: [text("format"), rest(any("values"))],
    summary: "A list of texts, made by `sprintf` with each item of the lists that are given in turn.",
    details: "Lists must be equally long; a value that is no list is used for every text.",
    examples: [
      ['formatlist("Hello, %s!", ["Valentina", "Ander"])', '["Hello, Valentina!", "Hello, Ander!"]'],
      [
        'formatlist("%s, %s!", "Salutations", ["Olivia", "Sam"])',
        '["Salutations, Olivia!", "Salutations, Sam!"]',
      ],
    ],
    call: ([format, values]) => {
      const length = commonLength(values);
      return Array.from({ length }, (_, i) =>
        printf(
          format,
          values.map((value) => itemsOf(value)?.[i] ?? value),
        ),
      );
    },
  }),
  define({
    name: "sprintf",
    category: "Text",
    params: [text("format"), rest(any("values"))],
    summary: "A text with values in it where its verbs, such as `%s`, stand; Terraform's `format`.",
    details: `Verbs: ${VERBS}. \`format\` is Python's.`,
    examples: [
      ['sprintf("Hello, %s!", "Ander")', '"Hello, Ander!"'],
      ['sprintf("There are %d lights", 4)', '"There are 4 lights"'],
      ['sprintf("%03d %5.1f|%-4s|", 7, 2.25, "a")', '"007   2.2|a   |"'],
      ['sprintf("%v %#v", "x", ["x", 1])', '"x [\\"x\\",1]"'],
      ['sprintf("%[2]s %[1]s", "a", "b")', '"b a"'],
    ],
    call: ([format, values]) => printf(format, values),
  }),
];

function hinted(value: FlowValue, format: string): string {
  try {
    return pythonFormat(value, format);
  } catch (error) {
    const isTerraforms = typeof value === "string" && /%[-+# 0-9.[\]]*[a-zA-Z]/.test(value);
    if (!isTerraforms || !(error instanceof Error)) throw error;
    throw new Error(
      `${error.message}. Terraform's format, with values for "%s" and the like, is called sprintf`,
    );
  }
}

function commonLength(values: FlowList): number {
  const lengths = new Set(
    values.map((value) => itemsOf(value)?.length).filter((length) => length !== undefined),
  );
  const [length = 1, other] = lengths;
  if (other !== undefined)
    throw new Error(`the lists have ${length} and ${other} items; expected equally many`);
  checkSize(length);
  return length;
}

function itemsOf(value: FlowValue): FlowList | undefined {
  return isList(value) ? value : value instanceof Special ? value.items() : undefined;
}
