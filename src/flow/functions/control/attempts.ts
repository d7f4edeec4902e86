import { RcmError } from "../../../errors.ts";
import { type FlowValue, Unknown } from "../../value.ts";
import { define } from "../define.ts";
import { any, rest } from "../params.ts";

/** Functions that see whether an expression has a value. */
export const ATTEMPTS = [
  define({
    name: "can",
    category: "Control",
    params: [any("expression")],
    summary: "Whether an expression has a value, and is no error.",
    examples: [
      ["can({a = 1}.a)", "true"],
      ["can({a = 1}.b)", "false"],
      ['can(tonumber("x"))', "false"],
    ],
    call: () => true,
    lazy: ([expression]) => {
      const value = expression && attempt(expression);
      if (value instanceof RcmError) return false;
      return value instanceof Unknown ? value : true;
    },
  }),
  define({
    name: "try",
    category: "Control",
    params: [any("expression"), rest(any("others"))],
    summary: "The value of the first of several expressions that has one, and is no error.",
    examples: [
      ['try({a = 1}.b, "fallback")', '"fallback"'],
      ['try(tonumber("12"), 0)', "12"],
      ["try({a = 1}.b, {a = 1}.c, null)", "null"],
    ],
    call: ([value]) => value,
    lazy: (expressions) => {
      const errors: RcmError[] = [];
      for (const expression of expressions) {
        const value = attempt(expression);
        if (!(value instanceof RcmError)) return value;
        errors.push(value);
      }
      const messages = errors.map(({ message }) => message).join("; ");
      throw new Error(`no expression has a value: ${messages}`);
    },
  }),
];

function attempt(expression: () => FlowValue): FlowValue | RcmError {
  try {
    return expression();
  } catch (error) {
    if (error instanceof RcmError) return error;
    throw error;
  }
}
