import { stateFolder } from "../../checkpoint/folder.ts";
import { findRun, listResumable, listRuns } from "../../checkpoint/run-folder.ts";
import { inventorySources } from "../../embed/sources.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Names } from "./complete.ts";

/** The names that inventories and the folder of runs know. */
export const names: Names = {
  patterns: async (given) => {
    const fallback = process.env.RCM_INVENTORY;
    const sources = inventorySources(given.length > 0 ? given : fallback);
    if (sources.length === 0) return ["localhost"];
    const { hosts, groups } = await loadInventory(sources, { overrides: {} });
    const filled = [...groups.values()].filter((group) => group.hosts.length > 0);
    return [...new Set(["all", ...filled.map(({ name }) => name), ...hosts.keys()])];
  },
  runs: async (which) => {
    const runs = await (which === "all" ? listRuns : listResumable)(stateFolder());
    return runs.map(
      ({ header: { id, runbook, startedAt } }) =>
        [id, `${runbook}, ${startedAt.slice(0, 19).replace("T", " ")}`] as const,
    );
  },
  hosts: async (run) => (await findRun(stateFolder(), run)).header.hosts,
  steps: async (run, host) => {
    const { finished, started } = await (await findRun(stateFolder(), run)).restored(host);
    return [...new Set([...finished.keys(), ...started])];
  },
};
