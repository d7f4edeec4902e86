/** How many parts of expressions one evaluation may work out, loops included. */
export const MOST_STEPS = 1_000_000;

/** How many items a list or object may get by an expression. */
export const LARGEST_COLLECTION = 100_000;

/** How long a text may get by an expression, in UTF-16 units. */
export const LONGEST_TEXT = 16 * 1024 * 1024;
