import { generateKeyPairSync, randomBytes } from "node:crypto";

/** So many random secrets, each with something that programs trip over; the first one is a PEM key. */
export function randomSecrets(count: number): readonly string[] {
  const { privateKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const odd = [
    "\n",
    "'",
    '"',
    "%",
    "ü€",
    "\\",
    "$HOME",
    "`id`",
    "🔑",
    " ",
    "/",
    "&<>",
    "\r\n",
    "+",
    "=",
    "%s",
  ];
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return privateKey;
    const piece = (): string => randomBytes(6).toString(i % 2 ? "base64" : "hex");
    return `${piece()}${odd[i % odd.length]}${piece()}${odd[(i * 7) % odd.length]}${piece()}`;
  });
}

/** What may not be found anywhere: a secret, its lines, and the forms that are promised, as programs make them. */
export function tracesOf(secret: string): ReadonlyMap<string, Buffer> {
  const lines = secret
    .split(/[\r\n]+/)
    .filter((line) => line.trim().length >= 4 && !line.startsWith("-----"));
  const pieces =
    secret.trim() === secret && lines.length === 1
      ? lines
      : [secret.trim(), ...lines.map((line) => line.trim())];
  const traces = new Map<string, Buffer>();
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    const add = (form: string, text: string): void =>
      void traces.set(`${form} of ${JSON.stringify(piece)}`, Buffer.from(text));
    add("text", piece);
    add("json", JSON.stringify(piece).slice(1, -1));
    add("url", encodeURIComponent(piece));
    add("form", new URLSearchParams({ a: piece }).toString().slice(2));
    add("quoted", piece.replaceAll("'", "'\\''"));
    add("hex", bytes.toString("hex"));
    add("HEX", bytes.toString("hex").toUpperCase());
    for (const before of ["", "a", "ab"]) {
      const whole = Buffer.from(`${before}${piece}`).toString("base64");
      const from = Math.ceil((before.length * 8) / 6);
      const inner = whole.slice(from, Math.floor(((before.length + bytes.length) * 8) / 6));
      add(`base64 at ${before.length}`, inner);
      add(`base64url at ${before.length}`, inner.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return traces;
}
