import type { Cost } from "./measure.ts";

/** What a tool's runs of a workload came to. */
export interface Row {
  readonly workload: string;
  readonly title: string;
  /** Milliseconds. */
  readonly rtt: number;
  readonly tool: string;
  readonly costs: readonly Cost[];
}

/** The middle one of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** A table for each workload and round-trip time, each row beside rcm's. */
export function tables(rows: readonly Row[]): string {
  return groups(rows)
    .map((group) => {
      const { workload, title, rtt } = group[0] as Row;
      const base = group.find(({ tool }) => tool === "rcm");
      const lines = group.map((row) => line(row, base));
      return [
        `### ${workload}: ${title}, RTT ${rtt} ms`,
        "",
        "| | wall s (min–max) | × rcm | CPU s | × rcm | memory MiB | runs |",
        "|---|---|---|---|---|---|---|",
        ...lines,
        "",
      ].join("\n");
    })
    .join("\n");
}

function line({ tool, costs }: Row, base: Row | undefined): string {
  const walls = costs.map(({ wall }) => wall);
  const of = (pick: (cost: Cost) => number): readonly [number, string] => {
    const value = median(costs.map(pick));
    return [value, base ? (value / median(base.costs.map(pick))).toFixed(2) : "–"];
  };
  const [wall, walls2] = of((cost) => cost.wall);
  const [cpu, cpus] = of((cost) => cost.cpu);
  const [memory] = of((cost) => cost.memory);
  const range = `${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)}`;
  return `| ${tool} | ${wall.toFixed(2)} (${range}) | ${walls2} | ${cpu.toFixed(2)} | ${cpus} | ${memory.toFixed(0)} | ${costs.length} |`;
}

/** Rows of the same work at the same round-trip time. */
export function groups(rows: readonly Row[]): readonly (readonly Row[])[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.workload} ${row.rtt}`;
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return [...found.values()];
}
