import { basename } from "node:path";
import type { Library } from "../build/make-frame.ts";
import type { Flow } from "../flow.ts";
import { finished, indented } from "./code.ts";
import type { Env, Piece } from "./env.ts";
import { File, type OwnExports } from "./file.ts";
import { stepLines } from "./steps.ts";
import { paramPiece, paramsCode, sensitiveCode } from "./variables.ts";

/** What a flow is written as TypeScript for. */
export interface TwinOptions {
  /** The folder that the file will lie in. */
  readonly folder: string;
  /** Where the modules that come with rcm are exported. */
  readonly own: OwnExports;
}

/**
 * The runbook in TypeScript that makes the same steps as a flow. The tasks of flows that it runs stand in it, too.
 *
 * @throws RcmError with the place of what has no counterpart
 */
export function twinOf(flow: Flow, library: Library, { folder, own }: TwinOptions): string {
  const file = new File(folder, own);
  const runbook = file.use({ from: "rcm", name: "runbook" });
  const first: string[] = [];
  const variables = new Map(
    Array.from(flow.variables.values(), (variable): [string, Piece] => {
      const piece = paramPiece(variable, file);
      if (!variable.sensitive) return [variable.name, piece];
      const made = sensitiveCode(variable.name, piece, file);
      first.push(made.line);
      return [variable.name, made.piece];
    }),
  );
  const env: Env = {
    ...{ flow, prefix: "", file, variables, within: [flow] },
    ...{ handles: new Map(), inner: new Map() },
  };
  const params = paramsCode(flow, file);
  const schema = file.names.pick("variables");
  const lines = stepLines(env, library);
  const body = [...first, ...lines.map((line) => line())].map((line) => `${indented(line)}\n`).join("");
  const [before, settings] =
    params === undefined ? ["", "{}"] : [`const ${schema} = ${params};\n\n`, `{ params: ${schema} }`];
  const given = `({ ${file.builder.join(", ")} })`;
  return finished(`// Made by "rcm convert" of ${basename(flow.file)}.
${file.imports.join("\n")}

${before}export default ${runbook}(${JSON.stringify(flow.name)}, ${settings}, ${given} => {
${body}});
`);
}
