import type { Result } from "../module/result.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { segmentsOf } from "../plan/segments.ts";
import { succeeds } from "./batch.ts";
import { isSendable, Turn, type TurnOptions } from "./turn.ts";

/** More steps than this do not travel in one write: results of the first ones would wait for the last ones to leave. */
const MAX_BATCH = 256;

/** What sending ahead works with. */
export interface AheadOptions extends TurnOptions {
  readonly steps: readonly PlannedStep[];
  /** False: every step is sent by itself. */
  readonly fuse: boolean;
}

/**
 * Sends steps before their turn: with a step go those that follow it in its segment and whose inputs are known. The
 * host runs each only if what it needs went well; when its turn comes, its answer is on its way or there already.
 */
export class Ahead {
  readonly #options: AheadOptions;
  readonly #places = new Map<string, { readonly segment: readonly PlannedStep[]; readonly at: number }>();
  readonly #turns = new Map<string, Turn>();

  constructor(options: AheadOptions) {
    this.#options = options;
    for (const segment of options.fuse ? segmentsOf(options.steps) : []) {
      segment.forEach((step, i) => {
        this.#places.set(step.id, { segment, at: i });
      });
    }
  }

  /** A step's turn has come. Those that can follow it are taken hold of at once, before theirs comes. */
  turn(step: PlannedStep): Turn {
    const turn = this.#turnOf(step);
    turn.come();
    return turn;
  }

  /** A step will not be run. With `end`, whatever the host has begun of it is ended. */
  async drop(step: PlannedStep, end: boolean): Promise<void> {
    await this.#turns.get(step.id)?.drop(end);
  }

  #turnOf(step: PlannedStep): Turn {
    const turn = this.#turns.get(step.id) ?? new Turn(step, this.#options, () => this.#claim(step));
    this.#turns.set(step.id, turn);
    return turn;
  }

  /**
   * The steps after this one that may go with it: their turn has not come, nobody else is about to send them, and
   * nothing but the host's knowledge keeps them back. What went already goes again only behind what it needs.
   */
  #claim(step: PlannedStep): readonly Turn[] {
    const claimed = new Set([step.id]);
    const turns: Turn[] = [];
    const { segment, at } = this.#places.get(step.id) ?? { segment: [], at: 0 };
    for (const follower of segment.slice(at + 1, at + MAX_BATCH)) {
      const turn = this.#turnOf(follower);
      const isBehind = follower.needs.some((need) => claimed.has(need));
      if (!turn.isFree(isBehind) || !canFollow(follower, claimed, this.#options.results)) continue;
      claimed.add(follower.id);
      turns.push(turn);
    }
    return turns;
  }
}

/** Everything that it needs is done, or goes before it; and nothing that this side must judge first. */
function canFollow(
  step: PlannedStep,
  before: ReadonlySet<string>,
  results: ReadonlyMap<string, Result>,
): boolean {
  if (!isSendable(step) || results.has(step.id)) return false;
  return step.needs.every((need) => before.has(need) || succeeds(results.get(need)));
}
