import ipaddr from "ipaddr.js";
import { param } from "../params.ts";

/** A range of addresses. */
export interface Prefix {
  /** The first address. */
  readonly address: bigint;
  /** How many bits all addresses have in common. */
  readonly length: number;
  /** 32 or 128. */
  readonly bits: number;
}

/** A range in CIDR notation; what stands behind its length is dropped. */
export function prefix(name: string) {
  return param(name, "a range of addresses such as 10.0.0.0/8", (value) =>
    typeof value === "string" ? readPrefix(value) : undefined,
  );
}

/** @returns undefined when it is none */
export function readPrefix(text: string): Prefix | undefined {
  const [, address = "", digits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const read = readAddress(address);
  const length = Number(digits);
  if (!read || length > read.bits) return undefined;
  const host = BigInt(read.bits - length);
  return { address: (read.address >> host) << host, length, bits: read.bits };
}

/** One address, as a range of one. */
export function readAddress(text: string): Prefix | undefined {
  if (!/^[\d.]+$/.test(text))
    return ipaddr.IPv6.isValid(text) && !text.includes("%") ? of(text, 128) : undefined;
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? of(text, 32) : undefined;
}

function of(text: string, bits: number): Prefix {
  const bytes = Buffer.from(ipaddr.parse(text).toByteArray());
  return { address: BigInt(`0x${bytes.toString("hex")}`), length: bits, bits };
}

/** `10.1.2.0/24`. */
export function prefixText({ address, length, bits }: Prefix): string {
  return `${addressText(address, bits)}/${length}`;
}

/** `10.1.2.3`, or IPv6 in its shortest form. */
export function addressText(address: bigint, bits: number): string {
  const bytes = Buffer.from(address.toString(16).padStart(bits / 4, "0"), "hex");
  const made = ipaddr.fromByteArray([...bytes]);
  return made instanceof ipaddr.IPv6 ? made.toRFC5952String() : made.toString();
}
