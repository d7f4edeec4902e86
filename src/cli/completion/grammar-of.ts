import type { Argument, Command, Option } from "commander";
import { z } from "zod";
import { table } from "../../flow/functions/table.ts";
import type { Module, ModuleDefinition } from "../../module/define.ts";
import { program } from "../main.ts";
import { allModules } from "../registry.ts";
import type { CommandGrammar, Flag, Grammar, Kind, ModuleGrammar, Value } from "./grammar.ts";

/** The grammar of this rcm, read off its commands and the schemas of its modules. */
export function ownGrammar(): Grammar {
  return {
    rcm: commandGrammar(program({ code: 0 })),
    modules: Object.fromEntries([...allModules()].map(([name, module]) => [name, moduleGrammar(module)])),
    functions: Object.fromEntries(Array.from(table.values(), ({ name, summary }) => [name, summary])),
  };
}

/** What the names that commands give their arguments and values mean. */
const KINDS: Readonly<Record<string, Kind>> = {
  runbook: "file",
  flow: "file",
  file: "file",
  files: "file",
  source: "source",
  pattern: "pattern",
  run: "run",
  host: "host",
  step: "step",
  module: "module",
  function: "function",
};

function commandGrammar(command: Command): CommandGrammar {
  const commands = command.createHelp().visibleCommands(command);
  return {
    summary: command.description(),
    flags: command.createHelp().visibleOptions(command).map(flagGrammar),
    words: command.registeredArguments.map((argument) =>
      command.name() === "resume" ? "resumable" : argumentValue(argument),
    ),
    ...(command.registeredArguments.at(-1)?.variadic ? { variadic: true } : {}),
    commands: Object.fromEntries(
      commands.map((one) => [
        one.name(),
        one.name() === "help"
          ? { ...commandGrammar(one), words: [commands.map((other) => other.name())] }
          : commandGrammar(one),
      ]),
    ),
  };
}

function argumentValue(argument: Argument): Value {
  return argument.argChoices ?? KINDS[argument.name()] ?? "free";
}

function flagGrammar(option: Option): Flag {
  const names = [option.short, option.long].filter((name) => name !== undefined && name !== null);
  const flag = { names, summary: option.description };
  if (option.isBoolean() || option.negate) return isRepeatable(option) ? { ...flag, repeatable: true } : flag;
  const named = /[<[]([^>\]]+)/.exec(option.flags)?.[1] ?? "";
  const value = option.argChoices ?? KINDS[named] ?? "free";
  return { ...flag, value, ...(isRepeatable(option) ? { repeatable: true } : {}) };
}

function isRepeatable(option: Option): boolean {
  return option.description.includes("(repeatable)");
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

function moduleGrammar({ definition }: Module): ModuleGrammar {
  const options = Object.entries(schemaOf(definition).properties ?? {});
  return {
    summary: definition.summary,
    options: Object.fromEntries(
      options.map(([name, schema]) => [
        name,
        { summary: schema.description ?? "", value: optionValue(name, schema) },
      ]),
    ),
  };
}

function schemaOf(definition: ModuleDefinition): JsonSchema {
  return z.toJSONSchema(definition.options, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

/** Options whose names say that they are paths; those of hosts are often the same as here. */
const PATHS = /^(?:src|dest|path|file|cwd|chdir|creates|removes)$|(?:File|Path|Dir)$/;

function optionValue(name: string, schema: JsonSchema): Value {
  const choices = choicesOf(schema);
  if (choices.length > 0) return choices;
  return PATHS.test(name) ? "file" : "free";
}

function choicesOf({ type, enum: values, anyOf }: JsonSchema): readonly string[] {
  if (values) return values.map(String);
  if (anyOf) return [...new Set(anyOf.flatMap(choicesOf))];
  return type === "boolean" ? ["true", "false"] : [];
}
