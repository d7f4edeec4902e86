import { readFile } from "node:fs/promises";
import { messageOf, RcmError } from "../errors.ts";
import type { ConnectionOverrides } from "../inventory/model.ts";
import type { ConnectionOptions } from "./options.ts";

/** Asks somebody; undefined where nobody can be asked. */
export type Ask = ((what: string) => Promise<string>) | undefined;

/**
 * What connection options mean to the inventory; passwords are asked for, or read, here.
 *
 * @throws RcmError with code `usage` for a password that cannot be had
 */
export async function overridesOf(connection: ConnectionOptions, ask: Ask): Promise<ConnectionOverrides> {
  const { type, user, port, privateKey, knownHosts, hostKeyChecking, become, becomeUser } = connection;
  const password =
    connection.password ??
    (await passwordFrom(connection.passwordFile, connection.askPassword, ask, "SSH password"));
  const given =
    connection.becomePassword ??
    (await passwordFrom(connection.becomePasswordFile, connection.askBecomePassword, ask, "sudo password"));
  const becomePassword = given === "" && connection.askBecomePassword ? password : given;
  return {
    type,
    user,
    port,
    privateKey,
    password,
    knownHosts,
    hostKeyChecking,
    become,
    becomeUser,
    becomePassword,
  };
}

async function passwordFrom(
  file: string | undefined,
  isAsked: boolean | undefined,
  ask: Ask,
  what: string,
): Promise<string | undefined> {
  if (file !== undefined) return await firstLine(file);
  if (!isAsked) return undefined;
  if (ask) return await ask(what);
  throw new RcmError(`Cannot ask for the ${what}: nobody is there to answer`, {
    code: "usage",
    hint: "give a function `ask`, the password itself, or a file that holds it",
  });
}

async function firstLine(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new RcmError(`Cannot read the password file "${path}": ${messageOf(cause)}`, {
      code: "usage",
      cause,
    });
  });
  return text.split("\n")[0]?.replace(/\r$/, "") ?? "";
}
