import { RcmError } from "../errors.ts";
import type { Host } from "../inventory/model.ts";
import { act } from "../module/action.ts";
import type { LocalSide, ModuleDefinition } from "../module/define.ts";
import type { Facts } from "../module/facts.ts";
import type { Outcome } from "../module/outcome.ts";
import { HostLine } from "./line.ts";
import type { Prepared } from "./prepare.ts";

/** A call that is answered by a stub instead of a host. */
export interface StubbedCall {
  readonly host: string;
  /** The step's id. */
  readonly step: string;
  readonly definition: ModuleDefinition;
  /** Checked, with defaults, nothing deferred in them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a stubbed step comes to; what is left out is as the module has it. */
export interface StubAnswer {
  readonly output?: unknown;
  readonly stderr?: string;
  readonly exitCode?: number;
  readonly changed?: boolean;
  readonly message?: string;
  /** Why it failed. */
  readonly error?: string;
}

/** What stands in for the hosts of a run. */
export interface Stubs {
  facts(host: string): Facts;
  /**
   * What a call comes to.
   *
   * @throws RcmError when no stub is for it
   */
  answer(call: StubbedCall): Promise<StubAnswer>;
}

/** A line to nowhere: there is nothing that could connect. */
export class StubLine extends HostLine {
  readonly #facts: Facts;

  constructor(host: Host, stubs: Stubs) {
    super(host, refuse, undefined);
    this.#facts = stubs.facts(host.name);
  }

  override async connect(): Promise<void> {}

  override async facts(): Promise<Facts> {
    return this.#facts;
  }

  override get knownFacts(): Facts {
    return this.#facts;
  }

  override get isUp(): boolean {
    return true;
  }
}

async function refuse(host: Host): Promise<never> {
  throw new RcmError(`There is no connection to ${host.name}: with stubs none is made`, { code: "step" });
}

/** A step's outcome as its stub has it. What an action printed is judged as if a host had printed it. */
export async function stubbed(
  { step, options, secrets, ctx }: Prepared,
  host: string,
  stubs: Stubs,
  local: LocalSide,
): Promise<Outcome & { readonly stderr: string }> {
  const { definition } = step.call;
  const answer = await stubs.answer({ host, step: step.id, definition, options });
  const judged = definition.action
    ? await judgedAction(await definition.action(options, { ...local, secrets }, ctx), answer)
    : asGiven(answer);
  const { error, message = judged.message, changed, stderr = "" } = answer;
  if (error !== undefined) return { ...judged, status: "failed", message, error, stderr };
  if (judged.status === "failed" || changed === undefined) return { ...judged, message, stderr };
  return { ...judged, status: changed ? "changed" : "ok", message, stderr };
}

async function judgedAction(action: Parameters<typeof act>[0], answer: StubAnswer): Promise<Outcome> {
  const { output = "", stderr = "", exitCode = 0 } = answer;
  const stdout = typeof output === "string" ? output : JSON.stringify(output);
  const { outcome } = await act(action, "apply").next({ exitCode, records: [], stdout, stderr });
  return { ...(outcome as Outcome), output };
}

function asGiven({ output, exitCode, stderr = "" }: StubAnswer): Outcome {
  const hasFailed = exitCode !== undefined && exitCode !== 0;
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  return {
    status: hasFailed ? "failed" : "ok",
    message: "",
    changes: [],
    output,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(hasFailed ? { error: `exit status ${exitCode}${last && `: ${last}`}` } : {}),
  };
}
