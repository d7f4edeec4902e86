import { isAbsolute, relative } from "node:path";
import type { ModuleDefinition } from "../../module/define.ts";
import type { Origin } from "../origin.ts";
import type { ModuleTask, TemplateTask } from "../tasks/task-type.ts";
import { importCode, Names } from "./code.ts";

/** The names that rcm gives a runbook's body, and those of `rcm/flow`. */
const TAKEN = ["runbook", "z", "ctx", "step", "params", "host", "secret", "graft"];

/** Where the modules that come with rcm are exported. */
export type OwnExports = ReadonlyMap<ModuleDefinition, Origin>;

/** A file of TypeScript while it is written: its imports and names. */
export class File {
  readonly names = new Names(TAKEN);
  /** Constants that something refers to; a step that nothing refers to needs none. */
  readonly used = new Set<string>();
  readonly #imports = new Map<string, Map<string, string>>();
  readonly #builder = new Set<string>();
  readonly #folder: string;
  readonly #own: OwnExports;

  /** @param folder where it will lie */
  constructor(folder: string, own: OwnExports) {
    this.#folder = folder;
    this.#own = own;
  }

  /** Imports something, and gives the name that it has here. */
  use({ from: place, name: exported }: Origin, wish = exported): string {
    const from = isAbsolute(place) ? pathFrom(this.#folder, place) : place;
    const known = this.#imports.get(from) ?? new Map<string, string>();
    this.#imports.set(from, known);
    const local =
      known.get(exported) ??
      (from === "rcm" && TAKEN.includes(exported)
        ? exported
        : this.names.pick(wish === "default" ? "imported" : wish));
    known.set(exported, local);
    return local;
  }

  /** Of `rcm/flow`. */
  flow(exported: string): string {
    return this.use({ from: "rcm/flow", name: exported });
  }

  /** A step module. */
  module({ definition, origin, name }: ModuleTask | TemplateTask): string {
    const found = origin ?? this.#own.get(definition);
    if (!found) throw new Error(`nothing exports the module ${name}`);
    return this.use(found, found.name === "default" ? name : found.name);
  }

  /** Something that a body is given: `step`, `params`, `host`, `secret`, `graft`. */
  given(name: "step" | "params" | "host" | "secret" | "graft"): string {
    this.#builder.add(name);
    return name;
  }

  /** What the body takes of what it is given. */
  get builder(): readonly string[] {
    return [...this.#builder].toSorted();
  }

  /** The lines at its top. */
  get imports(): readonly string[] {
    return [...this.#imports].toSorted(byPlace).map(([from, names]) => {
      const own = [...names]
        .filter(([exported]) => exported !== "default")
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
      const listed = own.map(([exported, local]) => (exported === local ? local : `${exported} as ${local}`));
      return importCode(names.get("default"), listed, from);
    });
  }
}

function pathFrom(folder: string, file: string): string {
  const path = relative(folder, file);
  return path.startsWith(".") ? path : `./${path}`;
}

function byPlace([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const rank = (from: string): string => (from.startsWith("rcm") ? `0${from}` : `1${from}`);
  return rank(a) < rank(b) ? -1 : 1;
}
