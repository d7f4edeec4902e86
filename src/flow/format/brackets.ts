import type { TokenType } from "../syntax/token.ts";

/** 1 for what opens, -1 for what closes, 0 for all else. */
export function bracketChange(type: TokenType | undefined): number {
  if (type === undefined) return 0;
  if (["{", "[", "(", "open interpolation", "open directive"].includes(type)) return 1;
  return ["}", "]", ")", "close sequence"].includes(type) ? -1 : 0;
}
