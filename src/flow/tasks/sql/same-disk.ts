import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunHost } from "../../../module/run.ts";
import { sh } from "../../../shell/script.ts";

/** Whether the host sees the files of this machine: it is asked for one that is there only now. */
export async function sameDisk(host: RunHost): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "rcm-"));
  try {
    const file = join(folder, "mark");
    const mark = randomUUID();
    await writeFile(file, mark, { mode: 0o644 });
    const { exitCode, stdout } = await host.exec(sh`cat ${file} 2>/dev/null`);
    return exitCode === 0 && stdout.trim() === mark;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
