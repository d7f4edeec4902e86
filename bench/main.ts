/**
 * rcm beside others who do the same work, in the same run, on real OpenSSH hosts.
 *
 *     npm run bench -- [--only W1,W5] [--tools "rcm;floor"] [--rtt 0,100] [--runs 5] [--rcm bin/rcm.js] [--write]
 *
 * Prints tables of medians and ratios; `--write` puts them into bench/results.md and results.svg. They are kept in
 * results.json by piece of work and round trip, so that these can be run by themselves.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { chart } from "./chart.ts";
import { type Lab, startLab } from "./lab.ts";
import { type Cost, measure } from "./measure.ts";
import { type Row, tables } from "./report.ts";
import { missing, type Tool, toolsFor } from "./tools.ts";
import { verdicts } from "./verdicts.ts";
import { WORKLOADS, type Workload, writeSources } from "./workloads.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    tools: { type: "string" },
    rtt: { type: "string" },
    runs: { type: "string", default: "5" },
    rcm: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const wanted = WORKLOADS.filter(({ id }) => !values.only || values.only.split(",").includes(id));
const rows: Row[] = [];
for (const rtt of [0, 20, 100]) {
  if (values.rtt && !values.rtt.split(",").includes(String(rtt))) continue;
  const here = wanted.filter(({ rtts }) => rtts.includes(rtt));
  if (here.length === 0) continue;
  using lab = startLab(Math.max(...here.map(({ hosts }) => hosts)), rtt);
  writeSources(lab.dir);
  for (const work of here) rows.push(...(await compare(work, lab)));
}
const absent = missing();
const kept = values.write ? await merged(rows) : rows;
const text = `${tables(kept)}\n${verdicts(kept)}\n${absent.length > 0 ? `Not here, so left out: ${absent.join(", ")}.\n` : ""}`;
console.log(text);
if (values.write) {
  const head = `# Benchmark\n\nMade by \`npm run bench -- --write\` with Node ${process.version}: for each piece of work all tools in turn in one run,\nmedians. Hosts are OpenSSH servers in network namespaces of this machine, so for many hosts the wall time is bounded by\nboth sides' CPU. Absolute times are this machine's; the ratios are what counts.\n\n![ratios](results.svg)\n\n`;
  await writeFile(new URL("results.md", import.meta.url), head + text);
  await writeFile(new URL("results.json", import.meta.url), `${JSON.stringify(kept, undefined, 2)}\n`);
  await writeFile(new URL("results.svg", import.meta.url), chart(kept));
}

/** With those of earlier runs for what was not run now, in the order of the workloads. */
async function merged(rows: readonly Row[]): Promise<readonly Row[]> {
  const text = await readFile(new URL("results.json", import.meta.url), "utf8").catch(() => "[]");
  const isNew = ({ workload, rtt }: Row): boolean =>
    rows.some((row) => row.workload === workload && row.rtt === rtt);
  const all = [...(JSON.parse(text) as Row[]).filter((row) => !isNew(row)), ...rows];
  const place = ({ workload }: Row): number => WORKLOADS.findIndex(({ id }) => id === workload);
  return all.sort((a, b) => place(a) - place(b) || a.rtt - b.rtt);
}

/** All tools in turn, one run to warm up and then as many as asked for; each must leave the same behind. */
async function compare(work: Workload, lab: Lab): Promise<Row[]> {
  const tools = toolsFor(work, lab, values.rcm).filter(
    ({ name }) => !values.tools || values.tools.split(";").includes(name),
  );
  const costs = new Map(tools.map((tool) => [tool, [] as Cost[]]));
  const states = new Map<string, string>();
  for (const tool of tools)
    for (let i = 0; i < (tool.warmUps ?? 0); i++) await measure(tool.command, tool.env ?? {}, lab.dir);
  for (let i = 0; i <= runs; i++) {
    for (const tool of tools) {
      if (i > (tool.atMost ?? runs)) continue;
      if (work.reset) reset(work, lab);
      const cost = await measure(tool.command, tool.env ?? {}, lab.dir);
      if (i > 0) costs.get(tool)?.push(cost);
      else states.set(tool.name, stateOf(work, lab));
      process.stderr.write(`${work.id} RTT ${lab.rtt} ${tool.name}: ${cost.wall.toFixed(2)} s\n`);
    }
  }
  sameState(work, states);
  return tools.map((tool: Tool) => ({
    workload: work.id,
    title: work.title,
    rtt: lab.rtt,
    tool: tool.name,
    costs: costs.get(tool) ?? [],
  }));
}

function reset({ reset = "", hosts }: Workload, lab: Lab): void {
  for (const host of lab.hosts.slice(0, hosts)) lab.onHost(host, reset);
}

function stateOf({ state }: Workload, lab: Lab): string {
  return lab.hosts[0] ? lab.onHost(lab.hosts[0], state) : "";
}

function sameState({ id }: Workload, states: ReadonlyMap<string, string>): void {
  if (new Set(states.values()).size > 1)
    throw new Error(
      `${id}: not the same left behind:\n${[...states].map((entry) => entry.join(": ")).join("\n")}`,
    );
}
