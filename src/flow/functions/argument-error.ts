/** An argument that a function cannot take; the evaluator tells its place. */
export class ArgumentError extends Error {
  /** The parameter. */
  readonly param: string;
  /** Which one of a parameter that takes several, from 0. */
  readonly index: number;

  constructor(param: string, message: string, index = 0) {
    super(`the argument "${param}" ${message}`);
    this.param = param;
    this.index = index;
  }
}
