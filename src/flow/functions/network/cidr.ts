import { ArgumentError } from "../argument-error.ts";
import { define } from "../define.ts";
import { int, param, rest } from "../params.ts";
import { addressText, type Prefix, prefix, prefixText, readAddress, readPrefix } from "./prefix.ts";

/** Functions about ranges of addresses. */
export const CIDR = [
  define({
    name: "cidrcontains",
    category: "Networks",
    params: [
      prefix("range"),
      param("part", "an address or a range of addresses", (value) =>
        typeof value === "string" ? (readAddress(value) ?? readPrefix(value)) : undefined,
      ),
    ],
    summary: "Whether an address or all of a range is in a range.",
    examples: [
      ['cidrcontains("192.168.2.0/20", "192.168.2.1")', "true"],
      ['cidrcontains("192.168.2.0/20", "192.126.2.1")', "false"],
      ['cidrcontains("fe80::/48", "fe80::/64")', "true"],
    ],
    call: ([range, part]) => {
      if (range.bits !== part.bits)
        throw new Error("one of them is of IPv4 and one of IPv6; expected two of one kind");
      const host = BigInt(range.bits - range.length);
      return part.length >= range.length && part.address >> host === range.address >> host;
    },
  }),
  define({
    name: "cidrhost",
    category: "Networks",
    params: [prefix("range"), int("number")],
    summary: "An address of a range by its number; negative numbers count from the end.",
    examples: [
      ['cidrhost("10.12.112.0/20", 16)', '"10.12.112.16"'],
      ['cidrhost("10.12.112.0/20", 268)', '"10.12.113.12"'],
      ['cidrhost("10.12.112.0/20", -1)', '"10.12.127.255"'],
      ['cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)', '"fd00:fd12:3456:7890::22"'],
    ],
    call: ([{ address, length, bits }, number]) => {
      const size = 1n << BigInt(bits - length);
      const offset = BigInt(number) + (number < 0 ? size : 0n);
      if (offset < 0n || offset >= size) {
        throw new ArgumentError("number", `is ${number}, and the range has ${size} addresses`);
      }
      return addressText(address + offset, bits);
    },
  }),
  define({
    name: "cidrnetmask",
    category: "Networks",
    params: [prefix("range")],
    summary: "The subnet mask of a range of IPv4 addresses.",
    examples: [['cidrnetmask("172.16.0.0/12")', '"255.240.0.0"']],
    call: ([{ length, bits }]) => {
      if (bits !== 32) throw new Error("the range is of IPv6, which has no subnet masks");
      return addressText(((1n << 32n) - 1n) ^ ((1n << BigInt(32 - length)) - 1n), 32);
    },
  }),
  define({
    name: "cidrsubnet",
    category: "Networks",
    params: [prefix("range"), int("newbits", { min: 0, max: 128 }), int("number", { min: 0 })],
    summary: "A part of a range, by how many bits longer its prefix is and by its number.",
    examples: [
      ['cidrsubnet("172.16.0.0/12", 4, 2)', '"172.18.0.0/16"'],
      ['cidrsubnet("10.1.2.0/24", 4, 15)', '"10.1.2.240/28"'],
      ['cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)', '"fd00:fd12:3456:7800:a200::/72"'],
    ],
    call: ([range, newbits, number]) => {
      const length = longer(range, newbits, "newbits");
      if (BigInt(number) >= 1n << BigInt(newbits)) {
        throw new ArgumentError(
          "number",
          `is ${number}, and ${newbits} bits count up to ${(1n << BigInt(newbits)) - 1n}`,
        );
      }
      const address = range.address + (BigInt(number) << BigInt(range.bits - length));
      return prefixText({ ...range, address, length });
    },
  }),
  define({
    name: "cidrsubnets",
    category: "Networks",
    params: [prefix("range"), rest(int("newbits", { min: 1, max: 128 }))],
    summary: "Parts of a range one behind the other, each by how many bits longer its prefix is.",
    examples: [
      [
        'cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)',
        '["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]',
      ],
      ['cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 16, 32)[3]', '"fd00:fd12:3456:7800:300::/88"'],
    ],
    call: ([range, newbits]) => subnets(range, newbits),
  }),
];

function longer({ length, bits }: Prefix, newbits: number, param: string, index = 0): number {
  if (length + newbits <= bits) return length + newbits;
  throw new ArgumentError(
    param,
    `is ${newbits}, which would make a prefix of ${length + newbits} bits; at most ${bits} are there`,
    index,
  );
}

/** Each begins at the next place where a part of its size can. */
function subnets(range: Prefix, newbits: readonly number[]): readonly string[] {
  const end = range.address + (1n << BigInt(range.bits - range.length));
  let next = range.address;
  return newbits.map((bits, i) => {
    const length = longer(range, bits, "newbits", i);
    const size = 1n << BigInt(range.bits - length);
    const address = ((next + size - 1n) / size) * size;
    next = address + size;
    if (next > end)
      throw new ArgumentError("newbits", `is ${bits}, for which there is no room left in the range`, i);
    return prefixText({ ...range, address, length });
  });
}
