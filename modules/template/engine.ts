import { basename, dirname, extname, resolve } from "node:path";
import type { Eta, EtaConfig } from "eta";
import type { Options } from "./options.ts";

/** Eta, with the errors and the white space that we want. */
export async function engine({ trimBlocks, lstripBlocks }: Options, folder: string): Promise<Eta> {
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
