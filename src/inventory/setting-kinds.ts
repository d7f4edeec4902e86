import { isIP } from "node:net";
import { homedir } from "node:os";
import type { ConnectionSettings, Value } from "./model.ts";

/** What a connection setting may be. */
export interface Kind<T> {
  /** Ends the sentence "… wanted". */
  readonly wanted: string;
  /** Whether its value must not be shown. */
  readonly secret?: boolean;
  /** The value as the connection takes it; undefined when it is none of this kind. */
  readonly read: (value: Value) => T | undefined;
}

/** A name or address to connect to; it can never pass for an option of a command. */
export const ADDRESS: Kind<string> = {
  wanted: "a host name or address",
  read: (value) => text(value, (name) => /^[A-Za-z0-9_][A-Za-z0-9._:%-]*$/.test(name) || isIP(name) !== 0),
};

/** A TCP port. */
export const PORT: Kind<number> = {
  wanted: "a port from 1 to 65535",
  read: (value) => {
    const port = typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : value;
    return typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65_535
      ? port
      : undefined;
  },
};

/** A login name. */
export const USER: Kind<string> = {
  wanted: "a user name of letters, digits, _, . and -, and no digit first",
  read: (value) => text(value, (name) => /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(name)),
};

/** A password. */
export const PASSWORD: Kind<string> = {
  wanted: "text, on one line; put it in quotes",
  secret: true,
  read: (value) => text(value, (password) => !/[\0\r\n]/.test(password)),
};

/** A path on this machine, in which `~` is the home directory. */
export const FILE: Kind<string> = {
  wanted: "the path of one file",
  read: (value) => {
    const path = text(value, (path) => path !== "" && !path.includes("\0"));
    return path?.replace(/^~(?=\/|$)/, () => homedir());
  },
};

/** A shell on the host. */
export const SHELL: Kind<string> = {
  wanted: "the absolute path of a shell, of letters, digits, /, _, . and -",
  read: (value) => text(value, (path) => /^\/[A-Za-z0-9/_.-]+$/.test(path)),
};

/** Yes or no. */
export const FLAG: Kind<boolean> = {
  wanted: "true or false",
  read: (value) => {
    const word = typeof value === "object" ? "" : String(value).toLowerCase();
    if (["true", "yes", "on", "1"].includes(word)) return true;
    return ["false", "no", "off", "0"].includes(word) ? false : undefined;
  },
};

/** How to reach a host. */
export const CONNECTION: Kind<ConnectionSettings["type"]> = {
  wanted: "ssh or local (no other connection is supported yet)",
  read: (value) => {
    if (value === "ssh" || value === "paramiko" || value === "smart") return "ssh";
    return value === "local" ? "local" : undefined;
  },
};

/** How strictly to look at host keys. */
export const KEY_CHECKING: Kind<NonNullable<ConnectionSettings["hostKeyChecking"]>> = {
  wanted: "strict, accept-new or off",
  read: (value) => {
    if (value === "strict" || value === "accept-new") return value;
    const strict = FLAG.read(value);
    if (strict === undefined) return undefined;
    return strict ? "strict" : "off";
  },
};

/** How to become another user. */
export const METHOD: Kind<"sudo"> = {
  wanted: "sudo (no other method is supported yet)",
  read: (value) => (value === "sudo" ? value : undefined),
};

function text(value: Value, fits: (text: string) => boolean): string | undefined {
  return typeof value === "string" && fits(value) ? value : undefined;
}
