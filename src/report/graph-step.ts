/** A step, as graphs draw it. */
export interface GraphStep {
  readonly id: string;
  readonly module: string;
  readonly needs: readonly string[];
}
