import { CATEGORIES, type TableFunction } from "../../../src/flow/functions/define.ts";
import { table } from "../../../src/flow/functions/table.ts";
import { usageOf } from "../../../src/flow/functions/usage.ts";

const HEAD = `# Functions

What expressions of flows can call: Runflow's own functions, the useful ones of Python's built-ins, and Terraform's
common ones. \`rcm functions\` lists them and \`rcm functions NAME\` explains one. This page is made from the same table;
every example is run as a test.

## How they are called

- \`f(a, b)\`: by place. \`f(a, list...)\` puts the items of the last list in their places, and \`f(a, {name = value}...)\`
  gives arguments by name, as Python's \`*\` and \`**\` do. Below, what may be left out is in brackets, and what can only be
  given by name ends with \`=\`.
- Where text is wanted, numbers and bools convert, and where a number is wanted, text that is one, as everywhere in HCL.
- Where Runflow, and so Python, and Terraform have a function of the same name, Runflow's holds: \`format\` is Python's
  (Terraform's is \`sprintf\`), \`join\` takes texts only and one list, \`range\` never counts down by itself, and \`max\` and \`min\`
  take a list, too. \`slice\` is both.
- Numbers are doubles, and whole numbers that a double cannot hold are refused. A whole number is Python's int: \`str(1.0)\`
  is \`1\`, and \`6 / 2\` is shown as \`3\`.
- \`open eval exec __import__ getattr print input exit\` are no functions here.

## The same value again

The same arguments give the same value. The few functions that also depend on something else say so: \`now\`,
\`timestamp\`, \`plantimestamp\` and \`uuid\` on the run, and they have the same value all through it and when it is resumed;
those that read files, folders and the environment of the controller on what is there when the expression is worked out.

An argument that is known only after an apply makes the result so, too. \`try\` and \`can\` go by the first expression that
has a value or is not known yet.

## Limits

A text has at most 16 Mi characters and a collection 100 000 items; what would get larger is refused before it is made.
So are fields wider than 10 000 characters, files above 16 MiB, and JSON and YAML of more than 500 levels. Patterns are
those of RE2: a match takes time in proportion to the text, whatever the pattern; to find all matches of a pattern in a
text may take 10 seconds.
`;

/** docs/functions.md, as the table says it. */
export function functionsMarkdown(): string {
  return [HEAD, ...CATEGORIES.map(sectionOf)].join("\n");
}

function sectionOf(category: string): string {
  const inIt = [...table.values()].filter((one) => one.category === category);
  return [`## ${category}\n`, ...inIt.map(entryOf)].join("\n");
}

function entryOf(one: TableFunction): string {
  const { name, params, summary, details, dependsOn, examples } = one;
  const takes = params.map((param) => `- \`${param.name}\`: ${param.takes}`).join("\n");
  const shown = examples.map(([code, result]) => `${code}\n# ${result}`).join("\n");
  return [
    `### ${name}\n`,
    `\`${usageOf(one)}\`\n`,
    `${summary}\n`,
    ...(details ? [`${details}\n`] : []),
    ...(dependsOn ? [`It depends on ${dependsOn}.\n`] : []),
    ...(takes ? [`${takes}\n`] : []),
    `\`\`\`hcl\n${shown}\n\`\`\`\n`,
  ].join("\n");
}
