import { apply as applying } from "../embed/apply.ts";
import { RcmError } from "../errors.ts";
import { execute } from "./execute.ts";
import { runnableFor } from "./flow.ts";
import { type Flags, planOptions, runOptions } from "./options.ts";

/** `rcm apply` and `rcm plan`. */
export async function apply(file: string, flags: Flags): Promise<number> {
  const isCheck = flags.check === true;
  if (flags.resume === true && isCheck) {
    throw new RcmError("--resume and --check exclude each other: a dry run takes nothing over", {
      code: "usage",
    });
  }
  const options = { ...runOptions(flags), ...(await planOptions(flags)) };
  const run = applying(await runnableFor(file), {
    ...options,
    mode: isCheck ? "check" : "apply",
    resume: flags.resume === true,
  });
  return await execute(run, flags, isCheck ? "check" : "apply");
}
