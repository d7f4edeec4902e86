/**
 * What large flows cost: reading and planning one, and drawing its graph.
 *
 *     npm run bench:flow -- [--runs 5]
 *
 * Prints medians in seconds, and how they grow. Together is less than both: each starts rcm and reads the flow, and only
 * the start is taken off.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const RCM = fileURLToPath(new URL("../bin/rcm.js", import.meta.url));
const SIZES = [1, 2500, 5000, 10_000];
const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
const runs = Number(values.runs);
const dir = mkdtempSync(join(tmpdir(), "rcm-bench-"));
try {
  for (const size of SIZES) writeFileSync(join(dir, `${size}.hcl`), flowOf(size));
  report(measured());
} finally {
  rmSync(dir, { recursive: true, force: true });
}

interface Costs {
  readonly validate: number[];
  readonly graph: number[];
}

/** Seconds by size; each size once to warm up, then all in turn. */
function measured(): ReadonlyMap<number, Costs> {
  const found = new Map(SIZES.map((size) => [size, { validate: [], graph: [] } as Costs]));
  for (let i = 0; i <= runs; i++)
    for (const [size, costs] of found) {
      const validate = timeOf("validate", size, new RegExp(`: ${size} step`));
      const graph = timeOf("graph", size, new RegExp(`task.bash_run.t${size - 1} `));
      if (i === 0) continue;
      costs.validate.push(validate);
      costs.graph.push(graph);
    }
  return found;
}

function timeOf(command: string, size: number, wanted: RegExp): number {
  const begun = performance.now();
  const args = [RCM, command, join(dir, `${size}.hcl`)];
  const printed = execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 27 });
  if (!wanted.test(printed)) throw new Error(`rcm ${command} printed ${printed.slice(0, 200)}`);
  return (performance.now() - begun) / 1000;
}

/** Tasks that refer to the one before, to one far above, or to a variable by way of a function. */
function flowOf(size: number): string {
  const tasks = Array.from({ length: size }, (_, i) => {
    const others = [
      `task.bash_run.t${i - 1}.stdout`,
      "upper(var.name)",
      `task.bash_run.t${i >> 1}.returncode`,
    ];
    const text = i === 0 ? "" : `\${${others[i % 3]}}`;
    return `  task "bash_run" "t${i}" {\n    command = "echo ${i} ${text}"\n    env     = { N = "${i}" }\n  }\n`;
  });
  return `flow "big" {\n  variable "name" {\n    default = "x"\n  }\n${tasks.join("")}}\n`;
}

function report(costs: ReadonlyMap<number, Costs>): void {
  const rows = Array.from(costs, ([size, one]) => [size, median(one.validate), median(one.graph)] as const);
  const start = rows[0]?.[2] ?? 0;
  console.log(`Medians of ${runs} runs, Node ${process.version}\n`);
  console.log("| tasks | rcm validate, s | rcm graph, s | together, s | of half as many |");
  console.log("| ---: | ---: | ---: | ---: | ---: |");
  let before = 0;
  for (const [size, validate, graph] of rows) {
    const sum = validate + graph - start;
    const ratio = before > start * 2 ? `${(sum / before).toFixed(2)} ×` : "";
    console.log(`| ${size} | ${[validate, graph, sum].map((n) => n.toFixed(2)).join(" | ")} | ${ratio} |`);
    before = sum;
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
