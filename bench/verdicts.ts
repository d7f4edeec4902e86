import { median, type Row } from "./report.ts";

/** What is asked of rcm: at most, or at least, so many times what another needs. */
interface Demand {
  readonly workload: string;
  readonly rtt?: number;
  readonly tool: string;
  readonly of: "wall" | "cpu";
  /** rcm may need this many times as much as the other. */
  readonly atMost?: number;
  /** The other must need this many times as much as rcm. */
  readonly atLeast?: number;
}

const PIPELINING = "ansible + pipelining";
const MITOGEN = "ansible + mitogen";
const DEMANDS: readonly Demand[] = [
  { workload: "W1", tool: "floor", of: "wall", atMost: 1.5 },
  { workload: "W5", rtt: 100, tool: "floor", of: "wall", atMost: 1 },
  { workload: "W5", rtt: 100, tool: "limit", of: "wall", atMost: 1.4 },
  { workload: "W2", tool: "floor", of: "wall", atMost: 1.5 },
  { workload: "W3", tool: "floor", of: "wall", atMost: 1.3 },
  { workload: "W3-200", tool: "floor", of: "wall", atMost: 1.3 },
  { workload: "W1", tool: PIPELINING, of: "wall", atLeast: 20 },
  { workload: "W1", tool: MITOGEN, of: "wall", atLeast: 8 },
  { workload: "W1", tool: "pyinfra", of: "wall", atLeast: 5 },
  { workload: "W5", rtt: 100, tool: PIPELINING, of: "wall", atLeast: 18 },
  { workload: "W5", rtt: 100, tool: MITOGEN, of: "wall", atLeast: 6.5 },
  { workload: "W5", rtt: 100, tool: "pyinfra", of: "wall", atLeast: 10 },
  { workload: "W2", tool: PIPELINING, of: "wall", atLeast: 60 },
  { workload: "W2", tool: MITOGEN, of: "wall", atLeast: 20 },
  { workload: "W2", tool: PIPELINING, of: "cpu", atLeast: 30 },
  { workload: "W3", tool: PIPELINING, of: "wall", atLeast: 8 },
  { workload: "W3", tool: "clush, curve25519", of: "wall", atLeast: 1 },
  { workload: "W4-big", rtt: 0, tool: "scp", of: "wall", atLeast: 1 },
  { workload: "W4-big", rtt: 100, tool: "scp", of: "wall", atLeast: 2 },
  { workload: "W4-tree", rtt: 0, tool: "tar through ssh", of: "wall", atMost: 1.3 },
  { workload: "W4-tree", rtt: 20, tool: "tar through ssh", of: "wall", atMost: 1.3 },
  { workload: "W4-tree", rtt: 100, tool: "tar through ssh", of: "wall", atMost: 1.3 },
];

/** A line for each demand that was measured. */
export function verdicts(rows: readonly Row[]): string {
  const lines = DEMANDS.flatMap((demand) => verdict(demand, rows) ?? []);
  return [
    "### What is asked",
    "",
    "| work | beside | of | asked | measured | |",
    "|---|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}

function verdict(
  { workload, rtt = 0, tool, of, atMost, atLeast }: Demand,
  rows: readonly Row[],
): string | undefined {
  const value = (name: string): number | undefined => {
    const row = rows.find((one) => one.workload === workload && one.rtt === rtt && one.tool === name);
    return row && median(row.costs.map((cost) => cost[of]));
  };
  const [own, other] = [value("rcm"), value(tool)];
  if (own === undefined || other === undefined) return undefined;
  const ratio = atMost === undefined ? other / own : own / other;
  const holds = atMost === undefined ? ratio >= (atLeast ?? 0) : ratio <= atMost;
  const asked = atMost === undefined ? `at least ${atLeast} × faster` : `at most ${atMost} ×`;
  return `| ${workload}, RTT ${rtt} ms | ${tool} | ${of} | ${asked} | ${ratio.toFixed(2)} × | ${holds ? "yes" : "**no**"} |`;
}
