import { isIPv6 } from "node:net";

const MOST_HOSTS = 100_000;

/** What the key of a host stands for: one host or, with a range in it, several. */
export interface HostKey {
  readonly names: readonly string[];
  readonly port: number | undefined;
}

/** Why a host key cannot be read. */
export interface Refusal {
  readonly problem: string;
}

/**
 * Reads a host key such as `web[01:20].example.com:2222`.
 *
 * @example
 * expandHostKey("web[1:2]:2222") // { names: ["web1", "web2"], port: 2222 }
 */
export function expandHostKey(key: string): HostKey | Refusal {
  if (key.trim() === "") return { problem: "The name of a host is empty" };
  if (/(?:^|\])[^[\]]*:$/.test(key)) return refuse(key, "a port after the last colon");
  const { name, port } = splitPort(key);
  if (port !== undefined && (port < 1 || port > 65_535)) return refuse(key, "a port from 1 to 65535");
  const pieces = parsePieces(key, name);
  if ("problem" in pieces) return pieces;
  const count = pieces.reduce((product, piece) => product * piece.count, 1);
  if (count > MOST_HOSTS) return refuse(key, `at most ${MOST_HOSTS} hosts, and these are ${count}`);
  return { names: expand(pieces), port };
}

/** Splits `name:port`, `[v6]:port` and `na[1:3]me:port`; text of any other form is all name. */
export function splitPort(text: string): { name: string; port: number | undefined } {
  const match = /^\[(.+)\]:([0-9]+)$/.exec(text) ?? /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/.exec(text);
  const [, name = "", port] = match ?? [];
  return match && looksLikeAddress(name) ? { name, port: Number(port) } : { name: text, port: undefined };
}

/** Whether a text has the form of an IP address or host name, in which ranges may stand. */
export function looksLikeAddress(text: string): boolean {
  return HOSTNAME.test(text) || (text.includes(":") && isIPv6(text)); // whose pattern takes long to compile
}

const LABEL = String.raw`(?!-)(?:[\p{L}\p{N}_-]|\[[^\]]*\])+(?<!-)`;
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, "u");

/** A part of a host name: fixed text, which is a range of one, or a range. */
interface Piece {
  readonly count: number;
  readonly at: (index: number) => string;
}

function parsePieces(key: string, name: string): readonly Piece[] | Refusal {
  // Text and what stands in brackets take turns.
  const parts = name.split(/\[([^\]]*)\]/);
  const pieces: Piece[] = [];
  for (const [index, part] of parts.entries()) {
    const piece = index % 2 === 0 ? parseText(key, part) : parseRange(key, part);
    if ("problem" in piece) return piece;
    pieces.push(piece);
  }
  return pieces;
}

function parseText(key: string, text: string): Piece | Refusal {
  if (/[[\]]/.test(text)) return refuse(key, "a closing bracket for each opening one");
  return { count: 1, at: () => text };
}

function parseRange(key: string, text: string): Piece | Refusal {
  const bounds = text.split(":");
  const [begin = "", end = "", step = "1"] = bounds;
  if (bounds.length < 2 || bounds.length > 3) return refuse(key, "a range begin:end or begin:end:step");
  if (end === "") return refuse(key, "a range that says where it ends");
  if (!/^0*[1-9][0-9]{0,8}$/.test(step)) return refuse(key, "a step that is a whole number from 1");
  if (LETTER.test(begin) && LETTER.test(end)) return letters(key, begin, end, Number(step));
  if (NUMBER.test(begin || "0") && NUMBER.test(end)) return numbers(key, begin || "0", end, Number(step));
  return refuse(key, "a range between two numbers or two letters");
}

const LETTER = /^[A-Za-z]$/;
// Longer numbers would lose digits.
const NUMBER = /^[0-9]{1,15}$/;
const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function letters(key: string, begin: string, end: string, step: number): Piece | Refusal {
  const first = ALPHABET.indexOf(begin);
  const count = countBetween(first, ALPHABET.indexOf(end), step);
  if (count < 1) return refuse(key, "a range that goes up (a to z, then A to Z)");
  return { count, at: (index) => ALPHABET.charAt(first + index * step) };
}

function numbers(key: string, begin: string, end: string, step: number): Piece | Refusal {
  const padded = begin.length > 1 && begin.startsWith("0");
  if (padded && begin.length !== end.length) return refuse(key, "as many digits at the end as at the begin");
  const count = countBetween(Number(begin), Number(end), step);
  if (count < 1) return refuse(key, "a range that goes up");
  const width = padded ? begin.length : 0;
  return { count, at: (index) => String(Number(begin) + index * step).padStart(width, "0") };
}

function countBetween(first: number, last: number, step: number): number {
  return Math.floor((last - first) / step) + 1;
}

/** Every combination; the rightmost range turns fastest. */
function expand(pieces: readonly Piece[]): readonly string[] {
  return pieces.reduce<readonly string[]>(
    (heads, piece) => heads.flatMap((head) => valuesOf(piece).map((tail) => head + tail)),
    [""],
  );
}

function valuesOf(piece: Piece): readonly string[] {
  return Array.from({ length: piece.count }, (_, index) => piece.at(index));
}

function refuse(key: string, wanted: string): Refusal {
  return { problem: `Bad host "${key}": wanted ${wanted}` };
}
