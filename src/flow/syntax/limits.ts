/** How long a source may be, in UTF-16 units. */
export const LONGEST_SOURCE = 2 * 1024 * 1024;

/** How deep brackets, templates, conditionals and blocks may be nested. */
export const DEEPEST_NESTING = 200;

/** How many levels an expression's tree may have: a chain of operators makes one level each. */
export const DEEPEST_TREE = 500;

/** After so many problems, reading stops. */
export const MOST_PROBLEMS = 50;
