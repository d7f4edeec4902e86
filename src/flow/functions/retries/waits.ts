import { define } from "../define.ts";
import { type Wait, WaitRule } from "../kinds/wait-rule.ts";
import { listOf, named, optional, param } from "../params.ts";

const EXPONENTIAL = [
  optional(seconds("multiplier")),
  optional(seconds("min")),
  optional(seconds("max")),
  named(seconds("exp_base")),
] as const;

function seconds(name: string) {
  return param(name, "a number from 0", (value) => {
    const read = typeof value === "string" ? Number.NaN : value;
    return typeof read === "number" && read >= 0 ? read : undefined;
  });
}

/** A time that no one waits for. */
const FOREVER = 100 * 365 * 86_400;

/** Rules for `_retry.wait`; times are in seconds. */
export const WAITS = [
  define({
    name: "wait_fixed",
    category: "Retries",
    params: [seconds("seconds")],
    summary: "Waits always the same time before the next attempt.",
    details: "For `_retry.wait`. Two rules with `+` between them wait both times.",
    examples: [["type(wait_fixed(3))", '"rule for waiting"']],
    call: ([seconds]) => new WaitRule({ kind: "fixed", seconds }),
  }),
  define({
    name: "wait_random",
    category: "Retries",
    params: [optional(seconds("min")), optional(seconds("max"))],
    summary: "Waits a random time between two, 0 and 1 second unless they are given.",
    examples: [["wait_random(1, 2) == wait_random(1, 2)", "true"]],
    call: ([min = 0, max = 1]) => {
      if (min > max) throw new Error(`the shortest time, ${min}, is above the longest one, ${max}`);
      return new WaitRule({ kind: "random", min, max });
    },
  }),
  define({
    name: "wait_exponential",
    category: "Retries",
    params: EXPONENTIAL,
    summary:
      "Waits twice as long every time: 1, 2, 4 … times a multiplier, not less than `min` and not more than `max`.",
    details: "`exp_base` is what each time is multiplied by; 2 unless it is given.",
    examples: [
      ["wait_exponential(1, 4, 10) == wait_exponential({multiplier = 1, min = 4, max = 10}...)", "true"],
    ],
    call: (args) => new WaitRule(exponential("exponential", args)),
  }),
  define({
    name: "wait_random_exponential",
    category: "Retries",
    params: EXPONENTIAL,
    summary: "Waits a random time up to the one that `wait_exponential` would wait.",
    examples: [["wait_random_exponential(1, 0, 60) == wait_exponential(1, 0, 60)", "false"]],
    call: (args) => new WaitRule(exponential("random-exponential", args)),
  }),
  define({
    name: "wait_chain",
    category: "Retries",
    params: [
      listOf(
        param("rules", "a rule for waiting", (value) => (value instanceof WaitRule ? value : undefined)),
      ),
    ],
    summary:
      "Waits by the first of several rules after the first attempt, by the second one after the second … and then by the last.",
    examples: [["wait_chain([wait_fixed(1), wait_fixed(10)]) == wait_fixed(1)", "false"]],
    call: ([rules]) => {
      if (rules.length === 0) throw new Error("the list is empty; expected one rule at least");
      return new WaitRule({ kind: "chain", waits: rules.map(({ wait }) => wait) });
    },
  }),
];

function exponential(
  kind: "exponential" | "random-exponential",
  [multiplier = 1, min = 0, max = FOREVER, base = 2]: readonly (number | undefined)[],
): Wait {
  if (min > max) throw new Error(`the shortest time, ${min}, is above the longest one, ${max}`);
  return { kind, multiplier, min, max, base };
}
