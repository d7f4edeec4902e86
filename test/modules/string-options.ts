import { z } from "zod";
import * as modules from "../../modules/index.ts";
import type { Module } from "../../src/index.ts";

/** A string that a module takes: the option itself, or the items of a list. */
export interface StringOption {
  /** `module.option` */
  readonly name: string;
  readonly module: Module;
  readonly option: string;
  readonly isList: boolean;
}

/** Every option of every module that takes a text, read from the schemas: a new one is found by itself. */
export const STRING_OPTIONS: readonly StringOption[] = Object.values<unknown>(modules).flatMap((value) => {
  const module = value as Module;
  const { name, options } = module.definition;
  return Object.entries(options.shape).flatMap(([option, schema]) => {
    const kinds = leaves(schema as z.ZodType);
    if (!kinds.some((kind) => kind === "string" || kind === "unknown")) return [];
    return [{ name: `${name}.${option}`, module, option, isList: kinds.includes("array") }];
  });
});

/** The kinds of schema that an option is made of. */
function leaves(schema: z.ZodType): string[] {
  const kind = schema.def.type;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return leaves(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return ["array", ...leaves(schema.element as z.ZodType)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one) => leaves(one as z.ZodType));
  if (schema instanceof z.ZodPipe) return leaves(schema.in as z.ZodType);
  return [kind];
}
