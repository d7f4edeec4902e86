import { readFile } from "node:fs/promises";
import { messageOf } from "../errors.ts";
import type { Findings } from "./findings.ts";

/** The text of a user's file; undefined when it cannot be had, and the findings say why. */
export async function readText(path: string, findings: Findings): Promise<string | undefined> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    if (!text.startsWith("$ANSIBLE_VAULT;")) return text;
    findings.fail(`"${path}" is encrypted with ansible-vault, which is not supported yet`, { file: path });
  } catch (error) {
    findings.fail(`Cannot read "${path}": ${reasonOf(error)}`, { file: path });
  }
  return undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "a part of the path is no directory",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENAMETOOLONG: "the name is too long",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

/** Why the system refused a file, in words. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? messageOf(error);
}

/** Whether the system says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
