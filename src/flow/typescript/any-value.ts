import type { z } from "zod";
import { present } from "../types.ts";

/** The schema of a variable without a type: any value that is there. */
export function anyValue(): z.ZodType<
  // biome-ignore lint/suspicious/noExplicitAny: what a flow does not say the type of can be used as any, as in the flow
  any
> {
  return present();
}
