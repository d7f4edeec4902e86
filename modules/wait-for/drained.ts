import { type RunHost, sh } from "../../src/index.ts";
import { type Options, TCP_STATES } from "./options.ts";

/** Counts connections in the kernel's own list; an empty text when there is none. */
export async function drained(
  { port = 0, host: own, excludeHosts, activeConnectionStates }: Options,
  { exec }: RunHost,
): Promise<string | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const local = own === undefined ? "[0-9A-F]+" : `(${kernelForms(own).join("|")})`;
  const peers = excludeHosts.flatMap(kernelForms).join("|") || "none";
  const states = activeConnectionStates.map((state) => TCP_STATES[state]).join("|");
  const { exitCode, stdout, stderr } = await exec(
    sh`[ -r /proc/net/tcp ] || { echo "it has no /proc/net/tcp" >&2; exit 1; }
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -E ${`^ *[0-9]+: ${local}:${hex} [0-9A-F]+:[0-9A-F]+ (${states}) `} | grep -vcE ${`^ *[0-9]+: [^ ]+ (${peers}):`} || :`,
  );
  if (exitCode !== 0) throw new Error(`cannot count the host's connections: ${stderr.trim()}`);
  return stdout.trim() === "0" ? "" : undefined;
}

/** An address as the kernel of a little-endian machine prints it, an IPv4 one also as it stands in IPv6. */
function kernelForms(ip: string): string[] {
  const swap = (bytes: readonly number[]): string =>
    Array.from({ length: bytes.length / 4 }, (_, i) => bytes.slice(4 * i, 4 * i + 4).reverse())
      .flat()
      .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
      .join("");
  const v4 = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip)?.slice(1).map(Number);
  if (v4 && !ip.includes(":")) return [swap(v4), swap([...Array<number>(10).fill(0), 255, 255, ...v4])];
  // The parser of URLs writes an IPv6 address in its shortest form, without dots.
  const [head = "", tail] = new URL(`http://[${ip.replace(/%.*/, "")}]/`).hostname.slice(1, -1).split("::");
  const words = (part: string): number[] =>
    part === ""
      ? []
      : part.split(":").flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]);
  const [before, after] = [words(head), words(tail ?? "")];
  return [swap([...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after])];
}
