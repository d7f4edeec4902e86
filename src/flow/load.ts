import { resolve } from "node:path";
import { z } from "zod";
import type { ModuleDefinition } from "../module/define.ts";
import type { OwnModules } from "../runbook/import-file.ts";
import { register } from "../runbook/registry.ts";
import { brandRunbook, type Runbook } from "../runbook/spec.ts";
import { buildFlow } from "./build/build-flow.ts";
import type { Library } from "./build/make-frame.ts";
import type { Flow, Variable } from "./flow.ts";
import { functionsIn } from "./functions/table.ts";
import type { World } from "./functions/world.ts";
import { FlowLibrary, readFlow } from "./load/library.ts";
import { jsonOf } from "./plain.ts";
import { positionOf } from "./syntax/source.ts";
import { taskTypes } from "./tasks/table.ts";
import { present } from "./types.ts";

/** What flows are loaded with. */
export interface FlowSettings {
  /** The modules that tasks can be of. */
  readonly modules: Iterable<{ readonly definition: ModuleDefinition }>;
  /** What `import "rcm"` means in a file that a flow imports. */
  readonly own: OwnModules;
  /** What functions see. */
  readonly world: World;
}

/** A flow, and the runbook that it is. */
export interface LoadedFlow {
  readonly flow: Flow;
  readonly runbook: Runbook;
  readonly library: Library;
}

/**
 * Loads a flow from its file. What it makes for each host are the same frozen steps that a TypeScript runbook makes.
 *
 * @throws RcmError or Problems, each with its place, before anything has run
 */
export async function loadFlow(path: string, settings: FlowSettings): Promise<LoadedFlow> {
  const file = resolve(path);
  return await loadFlowText(readFlow(file), file, settings);
}

/**
 * The same, for a flow that is at hand as a text.
 *
 * @param file its path, or a name such as `<stdin>`, for messages
 */
export async function loadFlowText(
  text: string,
  file: string,
  { modules, own, world }: FlowSettings,
): Promise<LoadedFlow> {
  const functions = functionsIn(world);
  const library = new FlowLibrary({ types: taskTypes(modules), functions }, own);
  const flow = await library.open(text, file);
  return { flow, library, runbook: runbookOf(flow, library) };
}

function runbookOf(flow: Flow, library: Library): Runbook {
  const runbook: Runbook = brandRunbook({
    name: flow.name,
    hosts: undefined,
    params: z.object(
      Object.fromEntries(Array.from(flow.variables.values(), (one) => [one.name, paramOf(one)])),
    ),
    where: positionOf(flow.span),
    placeOf: (param) => {
      const variable = flow.variables.get(param);
      return variable && positionOf(variable.span);
    },
    build: (host, params, options = {}) => buildFlow(flow, { ...options, runbook, host, params }, library),
  });
  register(runbook);
  return runbook;
}

/** A variable is a param. Without a default it is null, unless it is required. */
function paramOf({ type, default: value, required, description }: Variable): z.ZodType {
  const schema = type?.schema ?? present();
  const known =
    value === undefined
      ? required
        ? schema
        : schema.nullable().default(null)
      : value === null
        ? schema.nullable().default(null)
        : schema.default(jsonOf(value));
  return description === undefined ? known : known.describe(description);
}
