import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from "yaml";

/**
 * How Ansible's reader, PyYAML, types plain scalars. It is neither YAML 1.2 (`yes` would be text and `0644`
 * the number 644) nor the YAML 1.1 of the `yaml` package (`y` would be true and a MAC address a number).
 * Dates stay the text that was written. Merge keys and duplicate keys are left to the reader.
 */
export const PYYAML: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: "failsafe",
  customTags: (tags) => [...tags, ...scalarTags()],
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
};

function scalarTags(): ScalarTag[] {
  return [
    plain("null", /^(?:~|null|Null|NULL)?$/, () => null),
    plain("bool", /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
    plain("bool", /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
    plain("int", INT, (text, refuse) => exactly(toInt(text), text, refuse)),
    plain("float", FLOAT, toFloat),
    // Ansible never templates an !unsafe text; nothing in an inventory is templated here.
    { tag: "!unsafe", resolve: (text) => text },
  ];
}

type Refuse = (message: string) => void;

function plain(name: string, test: RegExp, resolve: (text: string, refuse: Refuse) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve };
}

const INT = alternatives(
  "[-+]?0b[01_]+",
  "[-+]?0[0-7_]+",
  "[-+]?(?:0|[1-9][0-9_]*)",
  "[-+]?0x[0-9a-fA-F_]+",
  "[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+",
);

// An exponent needs a dot and a sign, so that `1e3` is text.
const FLOAT = alternatives(
  "[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+][0-9]+)?",
  "\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?",
  "[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*",
  "[-+]?\\.(?:inf|Inf|INF)",
  "\\.(?:nan|NaN|NAN)",
);

function alternatives(...patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join("|")})$`);
}

function toInt(text: string): number {
  const { sign, digits } = signed(text);
  if (digits.startsWith("0b")) return sign * Number.parseInt(digits.slice(2), 2);
  if (digits.startsWith("0x")) return sign * Number.parseInt(digits.slice(2), 16);
  if (digits.includes(":")) return sign * fromBase60(digits);
  // `|| 0`: `0_` is a zero without further digits. `+ 0`: no negative zero.
  if (digits.startsWith("0")) return sign * (Number.parseInt(digits, 8) || 0) + 0;
  return sign * Number(digits);
}

function toFloat(text: string): number {
  const { sign, digits } = signed(text.toLowerCase());
  if (digits === ".inf") return sign * Number.POSITIVE_INFINITY;
  if (digits === ".nan") return Number.NaN;
  return sign * (digits.includes(":") ? fromBase60(digits) : Number(digits));
}

function signed(text: string): { sign: 1 | -1; digits: string } {
  return { sign: text.startsWith("-") ? -1 : 1, digits: text.replace(/^[-+]/, "").replaceAll("_", "") };
}

function fromBase60(digits: string): number {
  return digits.split(":").reduce((total, part) => total * 60 + Number(part), 0);
}

function exactly(value: number, text: string, refuse: Refuse): number {
  if (!Number.isSafeInteger(value)) refuse(`The number ${text} cannot be held exactly: put it in quotes`);
  return value;
}
