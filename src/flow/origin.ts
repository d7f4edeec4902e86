/** Where something is exported that a flow imports. */
export interface Origin {
  /** The absolute path of a file, or the name of a package. */
  readonly from: string;
  /** What it is exported as. */
  readonly name: string;
}
