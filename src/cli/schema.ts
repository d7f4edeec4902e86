import { flowSchema } from "../flow/schema.ts";
import { taskTypes } from "../flow/tasks/table.ts";
import { printJson } from "../report/print.ts";
import { EXIT } from "./exit.ts";
import { allModules } from "./registry.ts";

/** `rcm schema`: what editors complete and check flows by. */
export async function schema(): Promise<number> {
  printJson(flowSchema(taskTypes(allModules().values()).values()), process.stdout);
  return EXIT.ok;
}
