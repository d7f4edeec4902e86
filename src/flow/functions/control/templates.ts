import { asText, described } from "../../evaluate/convert.ts";
import { parseTemplateText } from "../../syntax/parse.ts";
import type { FlowObject, FlowValue } from "../../value.ts";
import { define } from "../define.ts";
import { textIn } from "../files/files.ts";
import { path, pathOf } from "../files/paths.ts";
import type { CallSite } from "../function.ts";
import { object, text } from "../params.ts";

const DETAILS =
  "In it stand `${…}` and `%{ if … }` and the like as in a heredoc, and it sees only the names that are given. It cannot call for another template.";

/** Functions that fill in templates. */
export const TEMPLATES = [
  define({
    name: "templatefile",
    category: "Control",
    params: [path("path"), object("names")],
    summary: "The text of a template in a file of the controller, with values for its names.",
    details: DETAILS,
    dependsOn: "the file, as it is when the expression is worked out",
    examples: [['templatefile("hello.tftpl", {name = "Jodie"})', '"Hello Jodie!"']],
    call: ([path, names], { world, site }) => {
      const file = pathOf(world, path);
      return filled(textIn(world, file), file, names, site);
    },
  }),
  define({
    name: "templatestring",
    category: "Control",
    params: [text("template"), object("names")],
    summary: "The text of a template, with values for its names.",
    details: DETAILS,
    examples: [
      ['templatestring("Hello, $${name}!", {name = "Jodie"})', '"Hello, Jodie!"'],
      ['templatestring("%%{ for x in xs }$${x};%%{ endfor }", {xs = [1, 2]})', '"1;2;"'],
    ],
    call: ([template, names], { site }) => filled(template, "<template>", names, site),
  }),
];

function filled(template: string, file: string, names: FlowObject, site: CallSite): FlowValue {
  const value = site.evaluate(parseTemplateText(template, file), names);
  const text = asText(value);
  if (text !== undefined) return text;
  throw new Error(`the template comes to ${described(value)}; expected text`);
}
