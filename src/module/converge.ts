import { messageOf, RcmError } from "../errors.ts";
import { CHANGED, HELD, STALE } from "../shell/converging.ts";
import type { LocalFile } from "../shell/file.ts";
import type { Outcome } from "./outcome.ts";
import type { Property } from "./property.ts";
import { comparable, type Known, propertyScript } from "./property-script.ts";
import type { Change } from "./result.ts";
import type { Answer, Foreseen, Mode, Next, Pass, Work } from "./work.ts";

/** How often a change that was computed from a stale state is computed again. */
const MAX_STALE = 3;

interface Seen {
  /** It was found to be right without looking at its value. */
  holds?: boolean;
  was?: string;
  /** False when its bytes are no UTF-8, so that nothing can be computed from it. */
  isText?: boolean;
  text?: string;
  applying?: boolean;
  now?: string;
  /** Something was changed before, of which nothing was heard. */
  did?: boolean;
}

/**
 * The work of bringing properties about: a converged step costs one round trip, a change whose `want` is known here
 * costs the same one, and one that is computed here or needs a file costs one more.
 *
 * @param has tells whether a file already lies on the host
 */
export function converge(
  properties: Readonly<Record<string, Property>>,
  mode: Mode,
  has: (file: LocalFile) => boolean,
): Work {
  const known = Object.entries(properties).map(([name, property]) => asGiven(name, property));
  const walk = new Walk(known, mode, has);
  return {
    kind: "property",
    isPlain: true,
    first: walk.pass(0),
    files: mode === "check" ? [] : Object.values(properties).flatMap(filesOf),
    next: (answer) => walk.next(answer),
    again: (answer, foreseen) => walk.again(answer, foreseen),
    foresee: (foreseen) => walk.foresee(foreseen),
  };
}

function filesOf({ apply, files = [] }: Property): readonly LocalFile[] {
  return typeof apply === "function" ? files : apply.files;
}

function asGiven(name: string, property: Property): Known {
  if (property.probe.files.length > 0 || property.recheck?.files.length) {
    throw new RcmError(`The probe of "${name}" uses a local file: only apply may`, { code: "runbook" });
  }
  return {
    name,
    property,
    want: typeof property.want === "string" ? property.want : undefined,
    apply: typeof property.apply === "function" ? undefined : property.apply,
    seen: undefined,
  };
}

class Walk {
  readonly #known: Known[];
  readonly #mode: Mode;
  readonly #has: (file: LocalFile) => boolean;
  readonly #changes: Change[] = [];
  #from = 0;
  #stale = 0;

  constructor(known: Known[], mode: Mode, has: (file: LocalFile) => boolean) {
    this.#known = known;
    this.#mode = mode;
    this.#has = has;
  }

  /** The script for the properties from the given one on. */
  pass(from: number, files: readonly LocalFile[] = []): Pass {
    this.#from = from;
    const coming = new Set(files.map((file) => file.sha256));
    const isThere = (file: LocalFile): boolean => coming.has(file.sha256) || this.#has(file);
    const known = this.#known.slice(from);
    const parts = known.map((one, i) => propertyScript(one, from + i, isThere));
    const looks = known.flatMap(({ property }) => [
      ...property.probe.looks,
      ...(property.holds?.looks ?? []),
    ]);
    // A dry run is on hold from the beginning; otherwise the session says whether something before is.
    const begin = this.#mode === "check" ? ["rcm_hold=1"] : [];
    return { script: [...begin, ...parts, "rcm_end"].join("\n"), isInline: true, looks, files };
  }

  /** All over again after a probe, with what is foreseen in place of what was seen. */
  async again(answer: Answer, foreseen: Foreseen): Promise<Pass> {
    const seen = readSeen(answer);
    const files: LocalFile[] = [];
    for (let i = 0; i < this.#known.length; i++) {
      const { probe } = (this.#known[i] as Known).property;
      const was = foreseen.get(probe.text) ?? seen.get(i)?.was;
      if (was === undefined && seen.get(i)?.holds) continue;
      if (was === undefined) break;
      const known = await this.#compute(i, was, seen.get(i)?.isText);
      if (!same(was, known.want, known.property)) files.push(...(known.apply?.files ?? []));
      foreseen.set(probe.text, known.want);
    }
    return this.pass(0, distinct(files.filter((file) => !this.#has(file))));
  }

  foresee(foreseen: Foreseen): void {
    for (const { property, want } of this.#known)
      if (want !== undefined) foreseen.set(property.probe.text, want);
  }

  /** Computes what property `i` needs for a change, if it is one that is computed, and remembers it. */
  async #compute(i: number, was: string, isText?: boolean): Promise<Known & { readonly want: string }> {
    const known = await this.#settleWant(i, was, isText);
    const { apply, want } = known.property;
    if (typeof apply !== "function" && typeof want !== "function") return known;
    const differs = !same(was, known.want, known.property);
    const script = typeof apply !== "function" ? apply : differs ? await apply(was, known.want) : undefined;
    const computed = { ...known, apply: script, seen: was };
    this.#known[i] = computed;
    return computed;
  }

  /** Makes of an answer the next pass, or the outcome. */
  async next(answer: Answer): Promise<Next> {
    const seen = readSeen(answer);
    const last = this.#known[Math.max(...seen.keys())];
    const isStale =
      answer.exitCode === STALE && last?.seen !== undefined && !seen.get(this.#known.indexOf(last))?.applying;
    if (isStale && ++this.#stale > MAX_STALE) {
      return { outcome: this.#failed(answer, `"${last?.name}" kept changing while it was being changed`) };
    }
    const isWell = [0, HELD, CHANGED].includes(answer.exitCode);
    if (!isWell && !isStale) return { outcome: this.#failure(answer, seen) };
    try {
      return await this.#judge(seen, answer);
    } catch (error) {
      return { outcome: this.#failed(answer, messageOf(error)) };
    }
  }

  async #judge(seen: ReadonlyMap<number, Seen>, { stdout }: Answer): Promise<Next> {
    for (let i = this.#from; i < this.#known.length; i++) {
      const { was, now, text, isText, holds } = seen.get(i) ?? {};
      if (holds) continue;
      if (was === undefined) return { pass: this.pass(i) };
      const known = await this.#settleWant(i, was, isText);
      if (same(was, known.want, known.property)) continue;
      if (now === undefined && this.#mode === "apply") return { pass: await this.#applyPass(i, was, seen) };
      this.#changes.push(change(known, was, text));
    }
    const tells = this.#mode === "apply" && this.#known.some(({ property }) => property.tell);
    const outcome = this.#changes.length === 0 && seen.get(0)?.did ? EARLIER : success(this.#changes);
    return { outcome: { ...outcome, ...(tells ? { output: stdout } : {}) } };
  }

  async #settleWant(i: number, was: string, isText = true): Promise<Known & { readonly want: string }> {
    const known = this.#known[i] as Known;
    const { want } = known.property;
    if (typeof want === "function" && !isText)
      throw new Error(`cannot work out "${known.name}": what is on the host is not UTF-8 text`);
    return { ...known, want: typeof want === "function" ? await want(was) : want };
  }

  /** The pass that changes property `i`, and whatever else after it differs. */
  async #applyPass(i: number, was: string, seen: ReadonlyMap<number, Seen>): Promise<Pass> {
    await this.#compute(i, was);
    const files = this.#known
      .slice(i)
      .flatMap((later, j) => (this.#differs(later, seen.get(i + j)) ? (later.apply?.files ?? []) : []));
    return this.pass(i, distinct(files.filter((file) => !this.#has(file))));
  }

  #differs({ want, property }: Known, seen: Seen | undefined): boolean {
    return seen?.was !== undefined && want !== undefined && !same(seen.was, want, property);
  }

  #failure(answer: Answer, seen: ReadonlyMap<number, Seen>): Outcome {
    for (let i = this.#from; i < this.#known.length; i++) {
      const known = this.#known[i] as Known;
      const { was, now, applying, text, holds } = seen.get(i) ?? {};
      if (holds) continue;
      if (was === undefined) return this.#failed(answer, `cannot find out "${known.name}"${reason(answer)}`);
      if (now === undefined && applying)
        return this.#failed(answer, `cannot bring about "${known.name}"${reason(answer)}`);
      if (now === undefined || known.want === undefined) continue;
      if (!same(now, known.want, known.property))
        return this.#failed(answer, unchanged(known, known.want, now));
      this.#changes.push(change({ ...known, want: known.want }, was, text));
    }
    return this.#failed(answer, `the script ended with exit status ${answer.exitCode}${reason(answer)}`);
  }

  #failed(answer: Answer, error: string): Outcome {
    return { status: "failed", message: "", error, exitCode: answer.exitCode, changes: this.#changes };
  }
}

function readSeen({ records }: Answer): ReadonlyMap<number, Seen> {
  const all = new Map<number, Seen>();
  for (const { words, data } of records) {
    const i = Number(words[0]);
    const seen = all.get(i) ?? {};
    all.set(i, seen);
    const text = data.toString("utf8");
    if (words[1] === "was") Object.assign(seen, { was: text, isText: Buffer.from(text).equals(data) });
    else if (words[1] === "holds") seen.holds = true;
    else if (words[1] === "text") seen.text = text;
    else if (words[1] === "applying") seen.applying = true;
    else if (words[1] === "now") seen.now = text;
    else if (words[1] === "did") seen.did = true;
  }
  return all;
}

function same(value: string, want: string | undefined, property: Property): boolean {
  return want !== undefined && value === comparable(want, property);
}

function change(
  { name, property, want }: Known & { readonly want: string },
  was: string,
  text: string | undefined,
): Change {
  if (property.text) return { property: name, was: text ?? "", want: property.text.want, text: true };
  const value = property.show?.value ?? ((it: string): string => it);
  return { property: name, was: value(was), want: value(want), text: property.show?.text ?? false };
}

/** All is right, since it was made so by a run that was cut off before it heard of it. */
const EARLIER: Outcome = {
  status: "changed",
  message: "changed before the run was interrupted",
  changes: [],
};

function success(changes: readonly Change[]): Outcome {
  if (changes.length === 0) return { status: "ok", message: "", changes };
  return { status: "changed", message: changes.map(summary).join(", "), changes };
}

function summary({ property, was, want, text }: Change): string {
  const isShort = !text && `${was}${want}`.length <= 60 && !`${was}${want}`.includes("\n");
  return isShort ? `${property}: ${was || '""'} → ${want || '""'}` : property;
}

function unchanged({ name, property }: Known, want: string, now: string): string {
  const value = property.show?.value ?? ((it: string): string => it);
  return `"${name}" is still ${JSON.stringify(value(now).slice(0, 200))} after it was applied, wanted ${JSON.stringify(value(want).slice(0, 200))}`;
}

function reason({ stderr, exitCode }: Answer): string {
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  return last ? `: ${last}` : ` (exit status ${exitCode})`;
}

function distinct(files: readonly LocalFile[]): LocalFile[] {
  return [...new Map(files.map((file) => [file.sha256, file])).values()];
}
