/** What a word on the command line may be, as far as completion knows. */
export type Kind =
  | "file"
  | "source"
  | "pattern"
  | "run"
  | "resumable"
  | "host"
  | "step"
  | "module"
  | "function"
  | "free";

/** A value: one of these words, or anything of a kind. */
export type Value = Kind | readonly string[];

/** A flag; without `value` it is a switch. */
export interface Flag {
  /** The short name, if there is one, and the long one. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly value?: Value;
  readonly repeatable?: boolean;
}

/** A command, with what may follow it. */
export interface CommandGrammar {
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly words: readonly Value[];
  /** The last of the words can be given several times. */
  readonly variadic?: boolean;
  readonly commands: Readonly<Record<string, CommandGrammar>>;
}

/** A step module's options, for `rcm run`. */
export interface ModuleGrammar {
  readonly summary: string;
  readonly options: Readonly<Record<string, { readonly summary: string; readonly value: Value }>>;
}

/** All that can be completed without a look at inventories and runs. It is data: the build writes it to a file. */
export interface Grammar {
  readonly rcm: CommandGrammar;
  readonly modules: Readonly<Record<string, ModuleGrammar>>;
  /** The functions of flows, each with its summary. */
  readonly functions: Readonly<Record<string, string>>;
}
