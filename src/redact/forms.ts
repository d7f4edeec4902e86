/** The forms in which a secret is recognised, by how their bytes count. */
export interface Forms {
  readonly text: ReadonlySet<string>;
  /** With `+` and `/`, without padding; the url-safe form counts as the same. */
  readonly base64: ReadonlySet<string>;
  /** In lower case. */
  readonly hex: ReadonlySet<string>;
}

/** A shorter text is found everywhere. */
export const SHORTEST = 4;

/**
 * All forms of a secret: as it is, as base64 wherever in a longer text it stands, in URLs, JSON, shells, as hex. One
 * of several lines is recognised line by line, too.
 */
export function formsOf(secret: string): Forms {
  const pieces = piecesOf(secret);
  return {
    text: new Set(pieces.flatMap(textForms).filter((form) => form.length >= SHORTEST)),
    base64: new Set(pieces.flatMap(base64Forms).filter((form) => form.length >= SHORTEST)),
    hex: new Set(pieces.map((piece) => Buffer.from(piece).toString("hex"))),
  };
}

/** White space around it is no secret. The lines that frame a PEM key are none either, and stand in every such file. */
function piecesOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const own = lines.filter(
    (line) => [...line].length >= SHORTEST && !/^-----(BEGIN|END) .*-----$/.test(line),
  );
  return [...new Set([secret.trim(), ...own])].filter((piece) => [...piece].length >= SHORTEST);
}

function textForms(text: string): readonly string[] {
  return [text, ...urlForms(text), ...jsonForms(text), ...shellForms(text)];
}

/** The programs of this world disagree on what has to be escaped, and on the case of the digits. */
function urlForms(text: string): readonly string[] {
  const strict = encodeURIComponent(Buffer.from(text).toString()).replaceAll(/[!'()*]/g, percent);
  const kept = ["", "/", "!'()*", "!'()*/;,?:@&=+$#", "*", "/*"].map((characters) =>
    [...characters].reduce((url, character) => url.replaceAll(percent(character), character), strict),
  );
  const forms = kept.flatMap((url) => [url, url.replaceAll("%20", "+")]);
  return forms.flatMap((url) => [url, url.replaceAll(/%../g, (digits) => digits.toLowerCase())]);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function jsonForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replaceAll(/[\u0080-\uffff]/g, unicode);
  const forHtml = json.replaceAll(/[<>&\u2028\u2029]/g, unicode);
  return [json, ascii, forHtml].flatMap((form) => [form, form.replaceAll("/", "\\/")]);
}

function unicode(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** As `sh -x`, `set`, `printf %q` and scripts write it. */
function shellForms(text: string): readonly string[] {
  const ofBash = text.replaceAll(/[\s'"\\|&;()<>!{}*[\]?^$`,]|^[#~]/g, "\\$&");
  const ofRuby = text.replaceAll(/[^A-Za-z0-9_\-.,:+/@\n\u0080-\uffff]/g, "\\$&");
  const ansi = text.replaceAll(/[\\'\n\r\t\u001b]/g, (character) => ANSI[character] as string);
  return [
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/[\\"$`]/g, "\\$&"),
    ofBash,
    ofRuby,
    ansi,
    ansi.replaceAll(/[\u0080-\uffff]+/g, octal),
  ];
}

const ANSI: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\u001b": "\\E",
};

function octal(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

/**
 * A piece may begin at each of three places in base64. The characters at its ends also depend on its neighbours: they
 * are left out, but for the last one where nothing follows.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const from = Math.ceil((before * 8) / 6);
    return [whole.slice(from, Math.floor(((before + bytes.length) * 8) / 6)), whole.slice(from)];
  });
}
