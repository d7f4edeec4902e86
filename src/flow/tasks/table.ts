import type { ModuleDefinition } from "../../module/define.ts";
import { bashRun, bashRunResults } from "./bash-run.ts";
import { dockerRun } from "./docker-run.ts";
import { fileRead, fileReadResults } from "./file-read.ts";
import { fileWrite } from "./file-write.ts";
import { hcl2Template } from "./hcl2-template.ts";
import { httpRequest } from "./http-request.ts";
import { smtpSend } from "./smtp-send.ts";
import { sqlExec, sqlRow } from "./sql/sql-tasks.ts";
import type { ModuleTask, ReadResult, TaskType } from "./task-type.ts";

type Results = Readonly<Record<string, ReadResult>>;

/** Anything that has a module's definition. */
interface Defined {
  readonly definition: ModuleDefinition;
}

const core = (): readonly TaskType[] => [
  moduleTask(bashRun, bashRunResults),
  moduleTask(fileRead, fileReadResults),
  moduleTask(fileWrite),
  { ...moduleTask(hcl2Template, { content: ({ result }) => result.output }), kind: "template" },
  { kind: "flow", name: "flow_run", imported: undefined },
  moduleTask(httpRequest, { response: ({ result }) => result.output }),
  moduleTask(smtpSend, { message_id: field("message_id") }),
  moduleTask(sqlExec, { rowcounts: field("rowcounts") }),
  moduleTask(sqlRow, { rows: field("rows") }),
  moduleTask(dockerRun),
];

/** A part of a step's output. */
function field(name: string): ReadResult {
  return ({ result }) => (result.output as Readonly<Record<string, unknown>> | undefined)?.[name];
}

/** What every module's step can be asked for. */
const COMMON: Results = {
  status: ({ result }) => result.status,
  changed: ({ result }) => result.changed,
  message: ({ result }) => result.message,
  output: ({ result }) => result.output,
  stdout: ({ stdout }) => stdout().trim(),
  stderr: ({ stderr }) => stderr().trim(),
  returncode: ({ result }) => result.exitCode,
};

/** All task types by name: Runflow's own, and every module by its name. */
export function taskTypes(modules: Iterable<Defined>): ReadonlyMap<string, TaskType> {
  const others = Array.from(modules, (module) => moduleTask(module));
  return new Map([...others, ...core()].map((type) => [type.name, type]));
}

/** What can be read of a module's step that has ended, by name. */
export function resultsOf(definition: ModuleDefinition): Results {
  const own = core().find((type) => "definition" in type && type.definition === definition);
  return own && "results" in own ? own.results : COMMON;
}

/** A module as a task type. */
export function moduleTask({ definition }: Defined, results: Results = {}): ModuleTask {
  return { kind: "module", name: definition.name, definition, results: { ...COMMON, ...results } };
}
