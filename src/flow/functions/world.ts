/**
 * What the functions that are not pure ask of the world: one for a whole run. So that a run which is resumed gets the
 * values that it had, `now` and `seed` are to be kept with the run; files and the environment are read as they are then.
 */
export interface World {
  /** When the run began. */
  readonly now: Date;
  /** A text that nobody can guess, of this run alone. */
  readonly seed: string;
  /** The controller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths of the flow begin at; absolute. */
  readonly folder: string;
  /** The home folder of who runs rcm; absolute. */
  readonly home: string;
  readonly files: FileReader;
}

/** Reads the controller's files. Paths are absolute. */
export interface FileReader {
  /** @throws Error as of node:fs */
  readonly read: (path: string) => Uint8Array;
  readonly exists: (path: string) => boolean;
  /** The paths of all files below a folder, relative to it, with `/` between their parts. */
  readonly list: (folder: string) => readonly string[];
}
