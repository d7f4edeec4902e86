import { basename, dirname, extname } from "node:path";
import { RcmError } from "../../errors.ts";
import { isModule } from "../../module/define.ts";
import { type Exports, importFile, type OwnModules } from "../../runbook/import-file.ts";
import { isRunbook } from "../../runbook/spec.ts";
import { didYouMean } from "../../util/nearest.ts";
import type { FlowWorld } from "../check/flow-world.ts";
import type { FlowFunction } from "../functions/function.ts";
import type { Origin } from "../origin.ts";
import type { Block } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { moduleTask } from "../tasks/table.ts";
import type { TaskType } from "../tasks/task-type.ts";
import { type Import, importsIn } from "./import-block.ts";
import { functionFrom } from "./imported-function.ts";
import { locate } from "./locate.ts";

/** The world with what the `import` blocks of a flow add to it. Mistakes are put to the others. */
export async function withImports(
  blocks: readonly Block[],
  world: FlowWorld,
  own: OwnModules,
  problems: RcmError[],
): Promise<FlowWorld> {
  if (blocks.length === 0) return world;
  const types = new Map(world.types);
  const functions = new Map(world.functions);
  for (const block of blocks) {
    for (const one of importsIn(block, problems)) {
      try {
        await add(one, { types, functions }, own);
      } catch (error) {
        if (!(error instanceof RcmError)) throw error;
        problems.push(error.where ? error : problemAt(one.span, error.message, error.hint));
      }
    }
  }
  return { types, functions };
}

interface Growing {
  readonly types: Map<string, TaskType>;
  readonly functions: Map<string, FlowFunction>;
}

async function add(one: Import, { types, functions }: Growing, own: OwnModules): Promise<void> {
  const { file, target, package: name } = locate(one.reference, dirname(one.span.source.file), one.span);
  const origin: Origin = { from: name ?? file, name: target ?? "default" };
  const value = extname(file) === ".hcl" ? undefined : chosen(await importFile(file, own), target, one);
  if (one.what === "functions") {
    const own = one.name ?? target ?? (value as { readonly name?: string } | undefined)?.name ?? "";
    if (typeof value !== "function")
      throw problemAt(
        one.span,
        `"${one.reference}" is no function${value === undefined ? ", but a flow" : ""}`,
      );
    free(own, functions, one, "function");
    functions.set(own, { ...functionFrom(own, value as (...args: unknown[]) => unknown), origin });
    return;
  }
  const type = value === undefined ? flowTask(file, one, target) : taskFrom(value, one, origin);
  free(type.name, types, one, "task type");
  types.set(type.name, type);
}

function free(name: string, taken: ReadonlyMap<string, unknown>, { span }: Import, what: string): void {
  if (!/^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(name))
    throw problemAt(
      span,
      `The ${what} needs a name; expected ${what === "function" ? "functions" : "tasks"} = { NAME = "…" }`,
    );
  if (!taken.has(name)) return;
  throw problemAt(span, `There is a ${what} "${name}" already`, 'Give it another name: { other_name = "…" }');
}

function flowTask(file: string, { name }: Import, target: string | undefined): TaskType {
  const own = target === undefined || target === "flow" ? basename(file, ".hcl") : target;
  return { kind: "flow", name: name ?? own, imported: file };
}

function taskFrom(value: unknown, { name, reference, span }: Import, origin: Origin): TaskType {
  if (isModule(value)) {
    const type = moduleTask(value);
    return { ...type, name: name ?? type.name, origin };
  }
  if (isRunbook(value)) {
    const target = origin.name === "default" ? value.name : origin.name;
    return { kind: "runbook", name: name ?? target, runbook: value, origin };
  }
  throw problemAt(
    span,
    `"${reference}" is no task type; expected a module that defineModule made, a runbook, or a flow`,
  );
}

function chosen(exports: Exports, target: string | undefined, { span, reference }: Import): unknown {
  const name = target ?? "default";
  if (name in exports && exports[name] !== undefined) return exports[name];
  const names = Object.keys(exports).filter((one) => one !== "default");
  throw problemAt(
    span,
    `"${reference}" exports no ${target === undefined ? "default" : `"${target}"`}${didYouMean(name, names) || `; it has ${names.join(", ") || "nothing"}`}`,
  );
}
