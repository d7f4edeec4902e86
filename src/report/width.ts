/** How many columns of a terminal a text takes that has been neutralised. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** As much of a text as fits into some columns, ending in `…` when something is left out. */
export function truncate(text: string, columns: number, more = "…"): string {
  // A text of combining marks has no width: its length is bounded as well.
  const bounded = text.length > columns * 8 ? `${text.slice(0, columns * 8)}${more}` : text;
  if (displayWidth(bounded) <= columns) return bounded;
  let width = 0;
  let kept = "";
  for (const character of bounded) {
    width += characterWidth(character);
    if (width > columns - more.length) break;
    kept += character;
  }
  return columns < more.length ? "" : kept + more;
}

/** A text with blanks behind it, up to some columns. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** A text as a column of a table: cut off or filled up to exactly so many columns. */
export function column(text: string, columns: number): string {
  return pad(truncate(text, columns), columns);
}

const ASCII = /^[\x20-\x7e]*$/;
const NONE = /^[\p{Mn}\p{Me}]$/u;

/** East Asian wide and full width, and emoji: the blocks, rounded up, since too wide an estimate does no harm. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}])$/u;

function characterWidth(character: string): number {
  if (ASCII.test(character)) return 1;
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
