import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A piece of work that every tool does in its own way. */
export interface Workload {
  readonly id: "W1-first" | "W1" | "W2" | "W3" | "W3-200" | "W4-big" | "W4-tree" | "W5";
  readonly title: string;
  readonly hosts: number;
  /** Milliseconds. */
  readonly rtts: readonly number[];
  /** Run on every host before each run: what is measured begins from there. */
  readonly reset: string | undefined;
  /** Prints what the work must leave behind, the same for every tool. */
  readonly state: string;
}

const TREE = (dir: string): string =>
  `cd ${dir} && find . -type f -exec sha256sum {} + | sort -k2 | sha256sum; find . -type f | wc -l`;
const W1 = { state: TREE("/root/w1"), reset: undefined };

/** All of them. */
export const WORKLOADS: readonly Workload[] = [
  {
    ...W1,
    id: "W1-first",
    title: "1 host × 30 steps, first run",
    hosts: 1,
    rtts: [0],
    reset: "rm -rf /root/w1",
  },
  { ...W1, id: "W1", title: "1 host × 30 steps, nothing to change", hosts: 1, rtts: [0] },
  { ...W1, id: "W5", title: "1 host × 30 steps, nothing to change", hosts: 1, rtts: [20, 100] },
  { ...W1, id: "W2", title: "20 hosts × 30 steps, nothing to change", hosts: 20, rtts: [0] },
  { id: "W3", title: "50 hosts × `true`", hosts: 50, rtts: [0], reset: undefined, state: "true" },
  { id: "W3-200", title: "200 hosts × `true`", hosts: 200, rtts: [0], reset: undefined, state: "true" },
  {
    id: "W4-big",
    title: "a file of 100 MB",
    hosts: 1,
    rtts: [0, 20, 100],
    reset: "rm -rf /root/w4; mkdir /root/w4",
    state: TREE("/root/w4"),
  },
  {
    id: "W4-tree",
    title: "200 small files in 10 folders",
    hosts: 1,
    rtts: [0, 20, 100],
    reset: "rm -rf /root/w4; mkdir /root/w4",
    state: TREE("/root/w4/tree"),
  },
];

/** The ten files of W1. */
export const FILES = Array.from({ length: 10 }, (_, i) => ({
  path: `/root/w1/file${i}`,
  content: `content of file ${i}\n`.repeat(20),
}));

/** The ten lines of W1, all in one file. */
export const LINES = Array.from({ length: 10 }, (_, i) => `line ${i}`);

/** Makes the local files that W4 sends. */
export function writeSources(dir: string): void {
  writeFileSync(join(dir, "big"), randomBytes(100_000_000));
  for (let i = 0; i < 200; i++) {
    const folder = join(dir, "tree", `folder${i % 10}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file${i}`), randomBytes(1000 + ((i * 7919) % 15_000)));
  }
}
