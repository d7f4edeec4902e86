import { z } from "zod";
import type { ModuleDefinition } from "../module/define.ts";
import { printJson, printTable, printText } from "../report/print.ts";
import { EXIT } from "./exit.ts";
import { allModules, moduleFor } from "./registry.ts";

/** `rcm modules [NAME]`: the documentation is the schema. */
export async function modules(
  name: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (name !== undefined) explain((await moduleFor(name)).definition, flags.json === true);
  else list(flags.json === true);
  return EXIT.ok;
}

function list(asJson: boolean): void {
  const all = [...allModules().values()].map(({ definition: { name, category, summary } }) => ({
    name,
    category,
    summary,
  }));
  if (asJson) printJson(all, process.stdout);
  else
    printTable(
      all.map(({ name, category, summary }) => [name, category, summary]),
      process.stdout,
    );
}

/** A JSON Schema of what may be given: defaults are not required, functions are left open. */
function schemaOf(definition: ModuleDefinition): JsonSchema {
  return z.toJSONSchema(definition.options, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

function explain(definition: ModuleDefinition, asJson: boolean): void {
  const schema = schemaOf(definition);
  if (asJson) {
    printJson(schema, process.stdout);
    return;
  }
  const { name, category, summary, example } = definition;
  printText(`${name} (${category})\n\n${summary}\n\nOptions\n`, process.stdout);
  const rows = Object.entries(schema.properties ?? {}).map(([option, one]) => [
    `  ${option}${schema.required?.includes(option) ? " *" : ""}`,
    typeOf(one),
    `${one.description ?? ""}${one.default === undefined ? "" : ` (${JSON.stringify(one.default)})`}`,
  ]);
  printTable(rows, process.stdout);
  printText(
    `\n  * required; any option may also be a function of the run's context\n  ${secretsOf(definition)}\n${example ? `\nExample\n  ${example}\n` : ""}`,
    process.stdout,
  );
}

function secretsOf({ secretVariables, secretOptions = [] }: ModuleDefinition): string {
  const options = secretOptions.length > 0 ? secretOptions.join(", ") : "no option";
  return `secrets are taken by ${options}${secretVariables ? ", and stand in environment variables" : ""}`;
}

function typeOf({ type, enum: values, anyOf, items }: JsonSchema): string {
  if (values) return values.map(String).join("|");
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join("|");
  if (type === "array") return `${items ? typeOf(items) : "any"}[]`;
  return [type ?? "any"].flat().join("|");
}
