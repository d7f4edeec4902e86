import { RcmError } from "../errors.ts";
import { CATEGORIES, type TableFunction } from "../flow/functions/define.ts";
import { table } from "../flow/functions/table.ts";
import { usageOf } from "../flow/functions/usage.ts";
import { printJson, printTable, printText } from "../report/print.ts";
import { didYouMean } from "../util/nearest.ts";
import { EXIT } from "./exit.ts";

/** `rcm functions [NAME]`: what flows can call. */
export async function functions(
  name: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (name !== undefined) explain(functionNamed(name), flags.json === true);
  else if (flags.json === true) printJson([...table.values()].map(shortJson), process.stdout);
  else list();
  return EXIT.ok;
}

function functionNamed(name: string): TableFunction {
  const found = table.get(name);
  if (found) return found;
  throw new RcmError(`There is no function "${name}"${didYouMean(name, table.keys())}`, {
    code: "usage",
    hint: "`rcm functions` lists them",
  });
}

function list(): void {
  const width = Math.max(...Array.from(table.keys(), (name) => name.length));
  for (const [i, category] of CATEGORIES.entries()) {
    const inIt = [...table.values()].filter((one) => one.category === category);
    printText(`${i === 0 ? "" : "\n"}${category}\n`, process.stdout);
    printTable(
      inIt.map(({ name, summary }) => [`  ${name.padEnd(width)}`, summary]),
      process.stdout,
    );
  }
}

function explain(one: TableFunction, asJson: boolean): void {
  if (asJson) {
    printJson(longJson(one), process.stdout);
    return;
  }
  const { category, summary, details, params, dependsOn, examples } = one;
  printText(`${usageOf(one)}\n${category}\n\n${summary}\n`, process.stdout);
  if (details) printText(`${details}\n`, process.stdout);
  if (dependsOn) printText(`Depends on ${dependsOn}.\n`, process.stdout);
  if (params.length > 0) printText("\nArguments\n", process.stdout);
  printTable(
    params.map((param) => [`  ${param.name}`, param.takes, noteOf(param)]),
    process.stdout,
  );
  printText("\nExamples\n", process.stdout);
  for (const [code, result] of examples) printText(`  ${code}\n    ${result}\n`, process.stdout);
}

function noteOf({ optional, rest, named }: TableFunction["params"][number]): string {
  if (rest) return named ? "any names" : "any number of them";
  if (named) return "by name: {name = value}...";
  return optional ? "may be left out" : "";
}

function shortJson({ name, category, summary }: TableFunction): object {
  return { name, category, summary };
}

function longJson(one: TableFunction): object {
  const { details, dependsOn, params, examples } = one;
  return {
    ...shortJson(one),
    usage: usageOf(one),
    details,
    dependsOn,
    params: params.map(({ name, takes, optional = false, rest = false, named = false }) => ({
      name,
      takes,
      optional,
      rest,
      named,
    })),
    examples: examples.map(([code, result]) => ({ code, result })),
  };
}
