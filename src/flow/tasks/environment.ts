import { z } from "zod";
import { text } from "../../module/kit.ts";
import { isVariableName } from "../../shell/wrap.ts";

const value = z.union([text, z.number(), z.boolean()]).transform(String);

/** Option schema: environment variables; numbers and bools become text, and null leaves a variable out. */
export const environment = z
  .record(z.string(), value.nullable())
  .refine(
    (variables) => Object.keys(variables).every(isVariableName),
    "wanted names of letters, digits and _, not beginning with a digit",
  )
  .transform((variables) => {
    const given = Object.entries(variables).filter(([, one]) => one !== null);
    return Object.fromEntries(given) as Readonly<Record<string, string>>;
  });
