const SEGMENTER = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The characters of a text as readers see them: letters with their accents, emoji with all their parts. */
export function graphemes(text: string): readonly string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return text.split("");
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}
