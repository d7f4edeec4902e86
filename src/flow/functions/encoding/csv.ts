import { parse } from "csv-parse/sync";
import { type FlowList, objectOf } from "../../value.ts";
import { define } from "../define.ts";
import { checkSize } from "../limits.ts";
import { text } from "../params.ts";

/** Functions about CSV. */
export const CSV = [
  define({
    name: "csvdecode",
    category: "Encoding",
    params: [text("text")],
    summary: "The rows of a text of CSV as objects of texts; the first row names the columns.",
    examples: [
      ['csvdecode("a,b\\n1,foo\\n2,\\"x, y\\"\\n")', '[{a = "1", b = "foo"}, {a = "2", b = "x, y"}]'],
    ],
    call: ([text]) => decoded(text),
  }),
];

function decoded(text: string): FlowList {
  const [header, ...rows] = rowsOf(text);
  if (!header) throw new Error("the text is empty; expected a first row with the names of the columns");
  const double = header.find((name, i) => header.indexOf(name) !== i);
  if (double !== undefined)
    throw new Error(`two columns are named ${JSON.stringify(double)}; expected each name once`);
  checkSize(rows.length);
  return rows.map((row) => objectOf(header.map((name, i) => [name, row[i] ?? ""] as const)));
}

function rowsOf(text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { skip_empty_lines: true });
  } catch (error) {
    throw new Error(`the text is no CSV: ${(error as Error).message}`);
  }
}
