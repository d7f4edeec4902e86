import type { RcmError } from "../../errors.ts";
import type { Argument } from "../flow.ts";
import type { Block, Body, Expression, ListOf, ObjectOf } from "../syntax/ast.ts";
import { problemAt } from "../syntax/problem.ts";
import { spanning } from "../syntax/source.ts";
import type { TaskType } from "../tasks/task-type.ts";

/**
 * The arguments of a block by the names that its type knows: `status_code` is `statusCode` of a module that has only
 * that. Blocks in it are lists of objects, or one object where the type takes no list.
 */
export function argumentsOf(
  { body }: Block,
  type: TaskType,
  problems: RcmError[],
): ReadonlyMap<string, Argument> {
  const found = new Map<string, Argument>();
  const add = (argument: Argument): void => {
    if (found.has(argument.name))
      problems.push(
        problemAt(argument.span, `The argument "${argument.name}" is set twice; expected it once`),
      );
    else found.set(argument.name, argument);
  };
  for (const { name, nameSpan, value } of body.attributes.values())
    add({ name: knownAs(name, type), span: nameSpan, value });
  for (const [name, blocks] of byType(body, problems)) {
    const [first, second] = blocks;
    if (!first) continue;
    const known = knownAs(name, type);
    const isOne = second === undefined && takesObject(type, known);
    add({ name: known, span: first, value: isOne ? objectOf(first, problems) : listOf(blocks, problems) });
  }
  return found;
}

function knownAs(name: string, type: TaskType): string {
  if (type.kind !== "module") return name;
  const { shape } = type.definition.options;
  const camel = name.replaceAll(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return !(name in shape) && camel in shape ? camel : name;
}

/** An option's name as flows write it: `status_code`. */
export function snakeCase(option: string): string {
  return option.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function byType(body: Body, problems: RcmError[]): ReadonlyMap<string, Block[]> {
  const found = new Map<string, Block[]>();
  for (const block of body.blocks) {
    const [label] = block.labels;
    if (label) problems.push(problemAt(label, `The block "${block.type}" takes no label here`));
    const same = found.get(block.type);
    if (same) same.push(block);
    else found.set(block.type, [block]);
  }
  return found;
}

function listOf(blocks: readonly Block[], problems: RcmError[]): ListOf {
  const [first] = blocks;
  const last = blocks.at(-1) ?? first;
  const span = spanning(first as Block, (last as Block).body);
  return { kind: "list", items: blocks.map((block) => objectOf(block, problems)), ...span };
}

function objectOf(block: Block, problems: RcmError[]): ObjectOf {
  const { attributes } = block.body;
  const inner = [...byType(block.body, problems)].map(([name, blocks]) => {
    if (attributes.has(name))
      problems.push(problemAt(blocks[0] as Block, `The argument "${name}" is set twice; expected it once`));
    return { key: keyOf(name, blocks[0] as Block), value: listOf(blocks, problems) as Expression };
  });
  const own = [...attributes.values()].map(({ name, nameSpan, value }) => ({
    key: { kind: "name", name, ...nameSpan } as const,
    value,
  }));
  return { kind: "object", entries: [...own, ...inner], ...spanning(block, block.body) };
}

function keyOf(name: string, block: Block): Expression {
  return { kind: "name", name, source: block.source, start: block.start, end: block.start + name.length };
}

/** Does the type's schema take an object for this argument, and no list? */
function takesObject(type: TaskType, name: string): boolean {
  if (type.kind !== "module") return false;
  const schema = type.definition.options.shape[name];
  return schema !== undefined && schema.safeParse([{}]).success === false && kindsOf(schema).has("object");
}

interface Inner {
  readonly _zod?: {
    readonly def: { readonly type: string; readonly innerType?: Inner; readonly options?: readonly Inner[] };
  };
}

/** The kinds of values that a schema takes, seen through what may be left out. */
function kindsOf(schema: Inner): ReadonlySet<string> {
  const def = schema._zod?.def;
  if (!def) return new Set();
  if (def.innerType) return kindsOf(def.innerType);
  if (def.options) return new Set(def.options.flatMap((one) => [...kindsOf(one)]));
  return new Set([def.type === "record" ? "object" : def.type]);
}
