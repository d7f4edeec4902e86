import type { FlowFunction } from "./function.ts";

/** A function with its parameters: `split(separator, text)`; in brackets what may be left out, with `=` what is given by name. */
export function usageOf({ name, params }: Pick<FlowFunction, "name" | "params">): string {
  const shown = params.map((param) => {
    if (param.rest) return param.named ? `[${param.name}=...]` : `${param.name}...`;
    const sign = param.named ? `${param.name}=` : param.name;
    return param.optional || param.named ? `[${sign}]` : sign;
  });
  return `${name}(${shown.join(", ")})`;
}
