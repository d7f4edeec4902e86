import type { Counts, Mode } from "../event/event.ts";
import { neutraliseLine } from "../util/neutralise.ts";
import { elapsed } from "./elapsed.ts";
import { nameWidth } from "./host-block.ts";
import type { HostState } from "./host-state.ts";
import { plural } from "./plural.ts";
import type { Cell } from "./row.ts";
import type { RunState } from "./run-state.ts";
import { signFor, styleFor, wordFor } from "./status.ts";
import { column } from "./width.ts";

type Row = readonly Cell[];

/** Hosts that have ended, a line each; when they would crowd out those at work, trouble first and a sum. */
export function finishedRows(run: RunState, room: number): readonly Row[] {
  const { fine, troubled, running, waiting, started } = run;
  const limit = running.size + waiting.size === 0 ? room : Math.min(room, Math.max(3, Math.floor(room / 3)));
  const width = nameWidth([...troubled.slice(0, limit), ...fine.slice(0, limit)]);
  const rowOf = (host: HostState) => endRow(host, width, started.mode);
  if (fine.length + troubled.length <= limit) return [...troubled, ...fine].map(rowOf);
  const sum = fine.length === 0 ? [] : [sumRow(fine, started.mode)];
  const left = limit - sum.length;
  if (troubled.length <= left) return [...troubled.map(rowOf), ...sum];
  const more = troubled.length - left + 1;
  const rest: Row = [["failed", `… and ${more} more that failed or were unreachable`]];
  return [...troubled.slice(0, left - 1).map(rowOf), rest, ...sum];
}

function endRow(host: HostState, width: number, mode: Mode): Row {
  const status = host.end?.status ?? "cancelled";
  const style = styleFor(status);
  const [what, why] =
    status === "ok" ? [tally(host.end ? [host.end.counts] : [], mode), ""] : troubleOf(host);
  return [
    [style, `${signFor(status)} ${column(neutraliseLine(host.view.host), width)}`],
    [status === "ok" ? "plain" : style, `  ${neutraliseLine(what)}`],
    ["dim", `  ${elapsed(host.end?.took ?? 0)}`],
    ["plain", why === "" ? "" : `  ${neutraliseLine(why)}`],
  ];
}

/** What befell a host, in a word or two, and why; its counters can wait for the recap. */
function troubleOf({ end, failure }: HostState): readonly [what: string, why: string] {
  const status = end?.status ?? "cancelled";
  if (failure && status === "failed") return [`${failure.view.id} failed`, failure.message];
  return [status, end?.error ?? ""];
}

function sumRow(fine: readonly HostState[], mode: Mode): Row {
  const counts = fine.flatMap(({ end }) => (end ? [end.counts] : []));
  return [
    ["ok", `${signFor("ok")} ${plural(fine.length, "host")} done`],
    ["plain", `  ${tally(counts, mode)}`],
  ];
}

function tally(counts: readonly Counts[], mode: Mode): string {
  const sum = (key: "ok" | "changed") => counts.reduce((total, count) => total + count[key], 0);
  const changed = sum("changed");
  return `${sum("ok")} ok${changed > 0 ? `, ${changed} ${wordFor("changed", mode)}` : ""}`;
}
