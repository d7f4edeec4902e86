/** Where an identifier begins at the regular expression's last index: a letter of any script, or `_`. */
export const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;

/** A number as far as it can be meant as one; whether it is one is judged later, so that the message can be good. */
export const NUMBER = /\d(?:(?:\d|\.|[eE][+-]?\d)*(?:\d|[eE][+-]?\d))?/y;

/** What begins a heredoc: `<<` or `<<-`, a name, and at once the end of the line. */
export const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;

/** The begin of a heredoc behind which the line goes on, by mistake. */
export const HEREDOC_BEGIN = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)/uy;

/** What a regular expression with the flag `y` finds at an offset. */
export function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text) ?? undefined;
}
