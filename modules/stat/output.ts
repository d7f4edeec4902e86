/** What lies at a path. Times are milliseconds since the epoch. */
export type Stat = { readonly exists: false; readonly path: string } | ExistingStat;

/** A file, a directory or something else that is there. */
export interface ExistingStat {
  readonly exists: true;
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "block" | "character" | "fifo" | "socket" | "other";
  /** Permissions, such as `0644`. */
  readonly mode: string;
  /** Names; the numbers where there is no name. */
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  readonly links: number;
  readonly inode: number;
  readonly device: number;
  readonly accessedAt: number;
  readonly modifiedAt: number;
  readonly changedAt: number;
  /** What the step's user may do with it. */
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** What a link points to, as it stands in the link. */
  readonly target?: string;
  /** Of a regular file that can be read, unless `getChecksum` is false; hexadecimal. */
  readonly checksum?: string;
  /** With `getMime`; `unknown` where the host has no program `file`. */
  readonly mimeType?: string;
  readonly charset?: string;
}
