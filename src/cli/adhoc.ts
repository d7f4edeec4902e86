import { command } from "../../modules/index.ts";
import { apply } from "../embed/apply.ts";
import { RcmError } from "../errors.ts";
import type { ModuleCall } from "../module/define.ts";
import { castText, checkOptions } from "../module/options.ts";
import { runbook } from "../runbook/runbook.ts";
import { execute } from "./execute.ts";
import { type Flags, inventoryFlag, runOptions } from "./options.ts";
import { moduleFor } from "./registry.ts";

/** `rcm exec PATTERN -- CMD…`: one word is a line for the shell, several are a program and its arguments. */
export async function exec(pattern: string, words: readonly string[], flags: Flags): Promise<number> {
  const [cmd = "", ...args] = words[0] === "--" ? words.slice(1) : words;
  const options = args.length > 0 ? { cmd, args } : { cmd };
  return await runStep(pattern, command(options), flags);
}

/** `rcm run PATTERN MODULE name=value…` */
export async function runModule(
  pattern: string,
  name: string,
  given: readonly string[],
  flags: Flags,
): Promise<number> {
  const module = await moduleFor(name);
  const options = readOptions(module.definition.options.shape, given);
  const checked = checkOptions(module.definition, options);
  if (!checked.ok)
    throw new RcmError(`Cannot run ${module.definition.name}: ${checked.problems.join("; ")}`, {
      code: "usage",
      hint: `\`rcm modules ${name}\` explains its options`,
    });
  return await runStep(pattern, module(options), flags);
}

function readOptions(
  shape: Readonly<Record<string, unknown>>,
  given: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at <= 0)
        throw new RcmError(`Cannot read the option "${text}": wanted name=value`, { code: "usage" });
      const name = text.slice(0, at);
      return [name, castText(shape[name], text.slice(at + 1))];
    }),
  );
}

async function runStep(pattern: string, call: ModuleCall, flags: Flags): Promise<number> {
  const name = call.definition.name;
  const mode = flags.check === true ? "check" : "apply";
  const run = apply(
    runbook(name, { hosts: pattern }, ({ step }) => void step(name, call)),
    {
      ...runOptions(flags),
      inventory: inventoryFlag(flags),
      limit: flags.limit as string | undefined,
      mode,
      keep: false,
    },
  );
  return await execute(run, { ...flags, adhoc: true }, mode);
}
