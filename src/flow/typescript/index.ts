/**
 * Flows in TypeScript: their task types as modules, and what a flow means by its expressions. `rcm convert` writes
 * runbooks that use it.
 *
 * @packageDocumentation
 */
export { bashRun } from "../tasks/bash-run.ts";
export { dockerRun } from "../tasks/docker-run.ts";
export { type FileContent, fileRead } from "../tasks/file-read.ts";
export { fileWrite } from "../tasks/file-write.ts";
export { hcl2Template } from "../tasks/hcl2-template.ts";
export { type HttpResponse, httpRequest } from "../tasks/http-request.ts";
export { output } from "../tasks/output.ts";
export { smtpSend } from "../tasks/smtp-send.ts";
export type { Dsn } from "../tasks/sql/dsn.ts";
export { sqlExec, sqlRow } from "../tasks/sql/sql-tasks.ts";
export { anyValue } from "./any-value.ts";
export { type Gave, gave } from "./gave.ts";
export { type Hole, hcl, isTrue, isTruthy, retry, text } from "./hcl.ts";
export { onHost } from "./on-host.ts";
export { type Sensitive, sensitive } from "./sensitive.ts";
