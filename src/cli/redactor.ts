import { Redactor } from "../redact/redactor.ts";

/** Hides the secrets of the one command that a process runs. */
export const redactor = new Redactor();
