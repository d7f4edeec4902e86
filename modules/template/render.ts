import type { LocalSide, StepContext } from "../../src/index.ts";
import { engine } from "./engine.ts";
import type { Options } from "./options.ts";

/** The finished text. */
export async function render(wanted: Options, local: LocalSide, ctx: StepContext): Promise<string> {
  const { src, content } = wanted;
  if (typeof content === "function") return finished(await content(ctx));
  const file = src === undefined ? undefined : local.path(src);
  const source =
    src === undefined ? (content ?? "") : (await (await local.file(src)).bytes()).toString("utf8");
  const trouble: { held?: unknown } = {};
  const eta = await engine(wanted, local.path("."));
  try {
    const compiled = eta.compile(source);
    return eta.render(
      compiled,
      scope(wanted, ctx, trouble),
      file === undefined ? undefined : { filepath: file },
    );
  } catch (error) {
    // That the context does not know something yet is no error of the template.
    if ("held" in trouble) throw trouble.held;
    const [said = "", , more] = (error as Error).message.split("\n");
    const what = said === "Bad template syntax" ? `bad syntax: ${more}` : said;
    throw new Error(`cannot render ${src ?? "the template"}: ${what}`);
  }
}

function finished(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Error(`content gave ${value === null ? "null" : typeof value}, wanted a text`);
}

/** What a template sees as `it`. */
function scope({ vars }: Options, ctx: StepContext, trouble: { held?: unknown }): object {
  const hold = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      trouble.held = error;
      throw error;
    }
  };
  const { host, params } = ctx;
  const known = {
    host,
    params,
    output: (step: never) => hold(() => ctx.output(step)),
    result: (step: never) => hold(() => ctx.result(step)),
    get facts() {
      return hold(() => ctx.facts);
    },
  };
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(known), ...Object.getOwnPropertyDescriptors(vars) },
  );
}
