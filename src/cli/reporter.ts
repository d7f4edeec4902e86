import type { Mode } from "../event/event.ts";
import { AdhocReporter } from "../report/adhoc.ts";
import { wantsColour } from "../report/colour.ts";
import { createReporter, type Reporter } from "../report/reporter.ts";
import { defaultFormat, type Format, wantsUnicode } from "../report/terminal.ts";
import { version } from "./version.ts";

/** The reporter that the flags ask for. */
export async function reporterFor(flags: Readonly<Record<string, unknown>>, mode: Mode): Promise<Reporter> {
  const { stdout, stderr, env } = process;
  const format = (flags.format as Format | undefined) ?? defaultFormat(env, stdout);
  const options = {
    stdout,
    stderr,
    colour: colourOf(flags),
    verbosity: (flags.verbose as number | undefined) ?? 0,
    diff: flags.diff === true || mode === "check",
    profile: flags.profile === true,
    unicode: wantsUnicode(env),
    version: version(),
  };
  return flags.adhoc === true && format !== "ndjson" && mode === "apply"
    ? new AdhocReporter(options)
    : await createReporter(format, options);
}

function colourOf({ color }: Readonly<Record<string, unknown>>): boolean {
  if (color === false || color === "never") return false;
  if (color === "always") return true;
  return wantsColour({ env: process.env, isTTY: process.stdout.isTTY === true });
}
