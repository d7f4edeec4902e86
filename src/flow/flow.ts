import type { Reference } from "./evaluate/references.ts";
import type { FlowFunction } from "./functions/function.ts";
import type { Body, Expression } from "./syntax/ast.ts";
import type { Span } from "./syntax/source.ts";
import type { TaskType } from "./tasks/task-type.ts";
import type { VariableType } from "./types.ts";
import type { FlowValue } from "./value.ts";

/** A flow whose blocks have been checked; nothing in it has been worked out but defaults. */
export interface Flow {
  readonly name: string;
  readonly file: string;
  readonly body: Body;
  /** The head of its block. */
  readonly span: Span;
  readonly variables: ReadonlyMap<string, Variable>;
  /** Those of rcm, and those that it imports. */
  readonly functions: ReadonlyMap<string, FlowFunction>;
  /** By address, each behind all that it needs; otherwise in the order of the file. */
  readonly nodes: ReadonlyMap<string, Node>;
}

/** A `variable` block. */
export interface Variable {
  readonly name: string;
  readonly span: Span;
  readonly type: VariableType | undefined;
  /** Undefined when it has none. */
  readonly default: FlowValue | undefined;
  readonly required: boolean;
  readonly sensitive: boolean;
  readonly description: string | undefined;
}

/** A `task` or an `output` block: what becomes steps. */
export interface Node {
  /** `task.TYPE.NAME` or `output.NAME`. */
  readonly address: string;
  readonly name: string;
  /** The head of its block. */
  readonly span: Span;
  readonly type: TaskType;
  /** By the names that the type knows them by. */
  readonly args: ReadonlyMap<string, Argument>;
  readonly own: OwnArguments;
  /** What its expressions refer to outside of themselves. */
  readonly references: readonly Reference[];
  /** Addresses of what it refers to, in the order it does. */
  readonly needs: readonly string[];
}

/** An argument of a task. */
export interface Argument {
  readonly name: string;
  /** Its name, where mistakes about it are shown. */
  readonly span: Span;
  readonly value: Expression;
}

/** Arguments that every task can have; they begin with `_`. */
export interface OwnArguments {
  /** Conditions of `_depends_on`: what is not a plain reference. */
  readonly conditions: readonly Expression[];
  readonly when: Argument | undefined;
  readonly retry: Argument | undefined;
  readonly timeout: Argument | undefined;
  readonly become: Argument | undefined;
  readonly hosts: Argument | undefined;
}
