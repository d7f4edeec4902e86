import type { FlowFunction } from "../functions/function.ts";
import { flowValueOf, jsonOf } from "../plain.ts";

/**
 * A function of TypeScript's for expressions. It is called in the plan and again in the run, so it should give the same
 * for the same arguments; named arguments come as one object behind the others.
 */
export function functionFrom(name: string, call: (...args: unknown[]) => unknown): FlowFunction {
  return {
    name,
    params: [
      { name: "arguments", rest: true, optional: true },
      { name: "options", rest: true, named: true },
    ],
    call: (args, named) => {
      const options = Object.keys(named).length === 0 ? [] : [jsonOf(named)];
      const result = call(...args.map(jsonOf), ...options);
      if (result instanceof Promise) {
        result.catch(() => undefined);
        throw new Error("it is asynchronous; expected a function that gives its value at once");
      }
      return flowValueOf(result);
    },
  };
}
