import type { Flow } from "../flow.ts";
import type { Expression } from "../syntax/ast.ts";
import type { File } from "./file.ts";
import type { Code } from "./known-code.ts";

/** What a reference of a flow stands for: code, or another expression of a flow. */
export type Piece = Code | { readonly expression: Expression; readonly env: Env };

/** A flow while it is written as TypeScript: what its names stand for there. */
export interface Env {
  readonly flow: Flow;
  /** What stands before the names of its steps. */
  readonly prefix: string;
  readonly file: File;
  readonly within: readonly Flow[];
  readonly variables: ReadonlyMap<string, Piece>;
  /** The constants that steps are kept in, by address. */
  readonly handles: Map<string, string>;
  /** Flows that its tasks run, by address. */
  readonly inner: Map<string, InnerEnv>;
  /** The names that only a template's source knows. */
  readonly names?: (name: string) => Piece | undefined;
}

/** A flow that a task runs, and what can be read of it. */
export interface InnerEnv {
  readonly env: Env;
  readonly exports: ReadonlyMap<string, Expression>;
}
