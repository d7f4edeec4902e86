import type { GraphStep } from "./graph-step.ts";
import { drawSvg } from "./graph-svg.ts";

/** How a graph is drawn. */
export type GraphFormat = "text" | "mermaid" | "dot" | "svg";

/** Draws the steps and what they await. */
export function drawGraph(steps: readonly GraphStep[], format: GraphFormat): string {
  return { text, mermaid, dot, svg: drawSvg }[format](steps);
}

/** A line a step, in an order in which they can run: `extract (unarchive) ← download`. */
function text(steps: readonly GraphStep[]): string {
  const width = Math.max(0, ...steps.map(({ id }) => id.length));
  return steps
    .map(
      ({ id, module, needs }) =>
        `${id.padEnd(width)}  ${module}${needs.length > 0 ? `  ← ${needs.join(", ")}` : ""}\n`,
    )
    .join("");
}

function mermaid(steps: readonly GraphStep[]): string {
  const names = numbered(steps);
  // Mermaid reads #quot; and its like in labels; everything else that could end one is written so too.
  const label = (value: string): string =>
    value.replaceAll(/[^\w .:/-]/gu, (char) => `#${char.codePointAt(0)};`);
  const nodes = steps.map(
    ({ id, module }) => `  ${names.get(id)}["${label(id)}<br/><small>${label(module)}</small>"]\n`,
  );
  const edges = steps.flatMap(({ id, needs }) =>
    needs.map((need) => `  ${names.get(need)} --> ${names.get(id)}\n`),
  );
  return `flowchart TD\n${nodes.join("")}${edges.join("")}`;
}

function dot(steps: readonly GraphStep[]): string {
  const names = numbered(steps);
  const label = (value: string): string =>
    value.replaceAll(/["\\]/g, (char) => `\\${char}`).replaceAll("\n", "\\n");
  const nodes = steps.map(
    ({ id, module }) => `  ${names.get(id)} [label="${label(id)}\\n${label(module)}"];\n`,
  );
  const edges = steps.flatMap(({ id, needs }) =>
    needs.map((need) => `  ${names.get(need)} -> ${names.get(id)};\n`),
  );
  return `digraph steps {\n  node [shape=box];\n${nodes.join("")}${edges.join("")}}\n`;
}

function numbered(steps: readonly GraphStep[]): ReadonlyMap<string, string> {
  return new Map(steps.map(({ id }, i) => [id, `s${i}`]));
}
