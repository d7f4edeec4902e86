import { basename, dirname, extname, resolve } from "node:path";
import type { Eta, EtaConfig } from "eta";
import {
  accessOptions,
  contentProperties,
  defineModule,
  type LocalSide,
  path,
  rewriteOptions,
  type StepContext,
  text,
  z,
} from "../src/index.ts";

const options = z
  .strictObject({
    src: text
      .min(1)
      .optional()
      .describe('a local template, relative to the runbook; `include("./part")` in it is relative to it'),
    content: z
      .union([
        z.string(),
        z.custom<(ctx: StepContext) => string | Promise<string>>((value) => typeof value === "function"),
      ])
      .optional()
      .describe("the template itself, or a function of the context that gives the finished text"),
    dest: path.describe(
      "the file on the host; with a `/` at its end it goes into that directory, named as src",
    ),
    vars: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("more for the template: `{ port: 80 }` is `it.port`; before what the context has"),
    trimBlocks: z
      .boolean()
      .default(true)
      .describe("a newline after `<% … %>` goes; after `<%= … %>` it stays"),
    lstripBlocks: z
      .boolean()
      .default(false)
      .describe("white space before a `<% … %>` that begins a line goes"),
    force: z.boolean().default(true).describe("false: leave a file that is there as it is"),
    follow: z.boolean().default(false).describe("when `dest` is a link, change what it points to"),
    ...accessOptions,
    ...rewriteOptions,
  })
  .refine(
    ({ src, content }) => (src === undefined) !== (content === undefined),
    "wanted exactly one of src and content",
  )
  .refine(
    ({ dest, content }) => content === undefined || !dest.endsWith("/"),
    "content needs the name of a file as dest, without a / at its end",
  );

type Options = z.output<typeof options>;

/** Renders templates. */
export const template = defineModule({
  name: "template",
  category: "Files",
  summary: "Writes a file from an Eta template: `<%= it.host.name %>`; the run's context is `it`.",
  example: 'template({ src: "app.conf.eta", dest: "/etc/app.conf", vars: { port: 8080 }, mode: "0644" })',
  callbacks: ["content"],
  options,
  properties: async (wanted, local, ctx) => {
    const { src = "", dest } = wanted;
    const source = await render(wanted, local, ctx);
    return await contentProperties({
      ...wanted,
      source,
      dest: dest.endsWith("/") ? dest + basename(src) : dest,
    });
  },
});

async function render(wanted: Options, local: LocalSide, ctx: StepContext): Promise<string> {
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

async function engine({ trimBlocks, lstripBlocks }: Options, folder: string): Promise<Eta> {
  const { Eta: Engine } = await import("eta");
  const eta = new Engine({
    autoEscape: false,
    autoFilter: true,
    autoTrim: false,
    debug: true, // it knows the line then
    filterFunction: shown,
    plugins: [{ processAST: (pieces) => trimmed(pieces, trimBlocks, lstripBlocks) }],
  });
  eta.resolvePath = (name, about) =>
    resolve(about?.filepath ? dirname(about.filepath) : folder, extname(name) ? name : `${name}.eta`);
  eta.RuntimeErr = (error, source, line, file) => {
    if (told.has(error)) throw error;
    const where = file ? `${basename(file)}, line ${line}` : `line ${line}`;
    const better = new Error(`${error.message} (${where}: ${source.split("\n")[line - 1]?.trim()})`);
    told.add(better);
    throw better;
  };
  return eta;
}

/** Errors that tell their line already: those of an included template. */
const told = new WeakSet<Error>();

function shown(value: unknown): string {
  if (value === undefined || value === null) throw new Error(`there is no value: it is ${value}`);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

type Pieces = Parameters<NonNullable<EtaConfig["plugins"][number]["processAST"]>>[0];

/** Takes away white space around tags that print nothing. In the pieces, a newline is `\n` of two characters. */
function trimmed(pieces: Pieces, trimBlocks: boolean, lstripBlocks: boolean): Pieces {
  const isBlock = (piece: Pieces[number] | undefined): boolean =>
    typeof piece === "object" && piece.t === "e";
  return pieces.map((piece, i) => {
    if (typeof piece !== "string") return piece;
    const isAfter = trimBlocks && isBlock(pieces[i - 1]);
    const rest = isAfter ? piece.replace(/^\\n/, "") : piece;
    if (!lstripBlocks || !isBlock(pieces[i + 1])) return rest;
    const isLineStart = i === 0 || rest !== piece;
    return rest.replace(
      isLineStart ? /((?:^|[^\\])(?:\\\\)*\\n|^)[ \t]+$/ : /((?:^|[^\\])(?:\\\\)*\\n)[ \t]+$/,
      "$1",
    );
  });
}
