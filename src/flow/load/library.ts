import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { messageOf, type Problems, RcmError, throwAll } from "../../errors.ts";
import type { OwnModules } from "../../runbook/import-file.ts";
import type { Library } from "../build/make-frame.ts";
import { checkFlow, findFlow } from "../check/check-flow.ts";
import type { FlowWorld } from "../check/flow-world.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { referencesOf } from "../evaluate/references.ts";
import { Scope } from "../evaluate/scope.ts";
import type { Flow } from "../flow.ts";
import { withImports } from "../imports/load-imports.ts";
import { locate } from "../imports/locate.ts";
import type { Block, Expression } from "../syntax/ast.ts";
import { parseFile } from "../syntax/parse.ts";
import { problemAt } from "../syntax/problem.ts";

/** The flows that were loaded, and those that they run. */
export class FlowLibrary implements Library {
  readonly #world: FlowWorld;
  readonly #own: OwnModules;
  readonly #flows = new Map<string, Flow>();
  readonly #opening = new Set<string>();

  constructor(world: FlowWorld, own: OwnModules) {
    this.#world = world;
    this.#own = own;
  }

  /**
   * Reads a flow, what it imports, and the flows that its tasks run where that can be known.
   *
   * @throws RcmError or Problems, each with its place
   */
  async open(text: string, file: string): Promise<Flow> {
    const problems: RcmError[] = [];
    const block = blockIn(text, file, problems);
    const imports = block.body.blocks.filter(({ type }) => type === "import");
    const world = await withImports(imports, this.#world, this.#own, problems);
    const flow = checked(block, world, problems);
    await this.#openInner(flow, world);
    return flow;
  }

  byPath(path: string, from: string): Flow {
    const file = pathOf(path, from);
    const known = this.#flows.get(file);
    if (known) return known;
    const flow = this.#atOnce(readFlow(file), file);
    this.#flows.set(file, flow);
    return flow;
  }

  byText(text: string, name: string): Flow {
    const key = `${name}\0${text}`;
    const flow = this.#flows.get(key) ?? this.#atOnce(text, name);
    this.#flows.set(key, flow);
    return flow;
  }

  byReference(reference: string, from: string): Flow {
    const { file } = located(reference, from);
    return this.byPath(file, from);
  }

  /** Steps are made at once, and importing takes time: a flow that is only found then imports nothing. */
  #atOnce(text: string, file: string): Flow {
    const problems: RcmError[] = [];
    const block = blockIn(text, file, problems);
    const first = block.body.blocks.find(({ type }) => type === "import");
    if (first)
      problems.push(
        problemAt(first, "A flow that imports something must be run by a path that is written out"),
      );
    return checked(block, this.#world, problems);
  }

  async #openInner(flow: Flow, world: FlowWorld): Promise<void> {
    const paths = new Set<string>();
    for (const { type, args } of flow.nodes.values()) {
      if (type.kind !== "flow") continue;
      const [path, module] = [args.get("path"), args.get("module")].map((arg) => constant(arg?.value, world));
      if (type.imported !== undefined) paths.add(type.imported);
      else if (path !== undefined) paths.add(pathOf(path, flow.file));
      else if (module !== undefined) paths.add(located(module, flow.file).file);
    }
    for (const file of paths) await this.#openFile(file);
  }

  /** What cannot be read is told of where it is asked for. */
  async #openFile(file: string): Promise<void> {
    if (this.#flows.has(file) || this.#opening.has(file) || !existsSync(file)) return;
    this.#opening.add(file);
    this.#flows.set(file, await this.open(readFlow(file), file));
  }
}

/** Reads a flow's file, which must be UTF-8. */
export function readFlow(file: string): string {
  const bytes = readBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RcmError(`"${file}" is not UTF-8 text`, { code: "flow", where: { file } });
  }
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new RcmError(`Cannot read the flow "${file}": ${messageOf(cause)}`, { code: "flow", cause });
  }
}

function blockIn(text: string, file: string, problems: RcmError[]): Block {
  const block = findFlow(parseFile(text, file), problems);
  if (block) return block;
  throwAll(problems);
  throw new RcmError(`"${file}" has no flow`, { code: "flow" });
}

function checked(block: Block, world: FlowWorld, problems: RcmError[]): Flow {
  const flow = checkFlow(block, world, problems);
  throwAll(problems.toSorted((a, b) => placeKey(a) - placeKey(b)));
  return flow;
}

function placeKey({ where }: RcmError | Problems): number {
  return (where?.line ?? 0) * 1e6 + (where?.column ?? 0);
}

/** A relative path begins at the flow that names it; a file that is only in the working directory is taken, too. */
function pathOf(path: string, from: string): string {
  const beside = resolve(dirname(from), path);
  return existsSync(beside) || !existsSync(path) ? beside : resolve(path);
}

function located(reference: string, from: string): { readonly file: string } {
  const nowhere = { source: { positionAt: () => undefined }, start: 0, end: 0 } as unknown as Block;
  const found = locate(reference, dirname(resolve(from)), nowhere);
  if (extname(found.file) === ".hcl") return found;
  throw new RcmError(`"${reference}" is no flow; expected a file that ends in .hcl`, { code: "flow" });
}

/** A text in which nothing is referred to. */
function constant(node: Expression | undefined, { functions }: FlowWorld): string | undefined {
  if (!node || referencesOf(node).length > 0) return undefined;
  try {
    const value = evaluate(node, new Scope(new Map(), functions));
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof RcmError) return undefined; // it shows when the steps are made
    throw error;
  }
}
