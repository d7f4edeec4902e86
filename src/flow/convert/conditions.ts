import type { OwnArguments } from "../flow.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Env } from "./env.ts";
import { type Code, codeOf, partsOf } from "./known-code.ts";
import { translate } from "./translate.ts";

/** An expression that decides whether a step runs, and the flow that it is written in. */
export interface Condition {
  readonly kind: "when" | "depends";
  readonly expression: Expression;
  readonly env: Env;
}

/** A step that may be cancelled by its conditions, and then cancels what needs it. */
export interface Fragile {
  /** The constant that it is kept in. */
  readonly name: string;
  readonly conditions: readonly Condition[];
}

/** The conditions of a task within others. */
export function conditionsOf(outer: readonly Condition[], env: Env, own: OwnArguments): readonly Condition[] {
  return [
    ...outer,
    ...own.conditions.map((expression): Condition => ({ kind: "depends", expression, env })),
    ...(own.when ? [{ kind: "when", expression: own.when.value, env } as const] : []),
  ];
}

/** The option `when`; undefined for a step that always runs. */
export function whenCode(conditions: readonly Condition[], needed: readonly Fragile[]): Code | undefined {
  const parts = [
    ...needed.map((one) => uncancelled(one)),
    ...conditions.filter(({ kind }) => kind === "depends").map(holds),
    ...conditions.filter(({ kind }) => kind === "when").map(holds),
  ];
  if (parts.length === 0) return undefined;
  const { isDue, secrets } = partsOf(parts);
  const code = parts.map((part) => part.code).join(" && ");
  return codeOf(`${isDue ? "(ctx)" : "()"} => ${code}`, { secrets });
}

function holds({ kind, expression, env }: Condition): Code {
  const found = translate(expression, env);
  return { ...found, code: `${env.file.flow(kind === "when" ? "isTrue" : "isTruthy")}(${found.code})` };
}

/** It was not skipped, or only by its own `_when`. */
function uncancelled({ name, conditions }: Fragile): Code {
  const own = conditions.filter(({ kind }) => kind === "when").map(holds);
  const skipped = `ctx.result(${name})?.status === "skipped"`;
  const code =
    own.length === 0
      ? skipped.replace("===", "!==")
      : `!(${[skipped, ...own.map((one) => one.code)].join(" && ")})`;
  return codeOf(code, { ...partsOf(own), isDue: true });
}
