import type { StepContext } from "../module/context.ts";
import type { Result } from "../module/result.ts";
import type { SecretHandle } from "../module/secrets.ts";
import { isVariableName } from "../shell/wrap.ts";
import { isSink } from "../sink/multi.ts";
import type { StepSink } from "../sink/sink.ts";
import { parseDuration } from "../util/duration.ts";
import type { Awaitable } from "./graft.ts";
import type { FailureKind, RetryPolicy } from "./spec.ts";

/** A condition that is data: see {@link changed}. */
export interface Changed<Book extends string = string> {
  readonly changed: ReadonlyArray<Awaitable<Book>>;
}

/**
 * The condition that at least one of these steps, or of a grafted runbook's, changed something. The step that has it awaits them.
 *
 * @example
 * step("restart", systemd({ name: "app", state: "restarted" }), { when: changed(config, unit) });
 */
export function changed<Book extends string>(...steps: ReadonlyArray<Awaitable<Book>>): Changed<Book> {
  return Object.freeze({ changed: steps });
}

/** A duration: milliseconds, or a text such as `500ms`, `2s`, `1m`, `1h`. */
export type Duration = number | string;

/** How a step is tried again when it fails: so often, or for so long. */
export type Retry = RetryRules &
  (
    | { readonly max: number; readonly within?: Duration }
    | { readonly max?: number; readonly within: Duration }
  );

/** The rules of a retry. */
export interface RetryRules {
  /** Attempts in all. */
  readonly max?: number;
  /** No attempt begins later than this after the first one began. */
  readonly within?: Duration;
  /** Wait before the second attempt; 1 s unless said otherwise. */
  readonly delay?: Duration;
  /** Each further wait is this many times the one before; 1 unless said otherwise. */
  readonly backoff?: number;
  /** No wait is longer. */
  readonly maxDelay?: Duration;
  /** Share of each wait, 0 to 1, that is left to chance. */
  readonly jitter?: number;
  /**
   * Which failures are tried again: `error`, what the module or `timeout` says, and `assert`, what `post` or `assert`
   * says; both unless said otherwise.
   */
  readonly on?: readonly FailureKind[];
  /** The milliseconds to wait after so many attempts, in place of `delay`, `backoff`, `maxDelay` and `jitter`. */
  readonly wait?: (attempts: number) => number;
}

const KINDS: readonly FailureKind[] = ["error", "assert"];

/** Names of what a policy has. */
const RETRY_NAMES = ["max", "delay", "backoff", "maxDelay", "jitter", "on", "within", "wait"];

/** What any step can be given beside its module's own options. */
export interface StepOptions<Output = unknown, Book extends string = string, Post = Output> {
  /** Steps that must succeed first; the one added before when left out; none for `[]`. Names may be of later steps. */
  readonly await?: ReadonlyArray<Awaitable<Book>>;
  /** Run only if this holds; a step that does not run is `skipped`, and what awaits it goes on. */
  readonly when?: Changed<Book> | ((ctx: StepContext) => boolean | Promise<boolean>);
  /** Attempts in all (1 s apart), or a policy. */
  readonly retry?: number | Retry;
  /** How long one attempt may take; then its processes on the host are ended and it has failed. */
  readonly timeout?: Duration;
  /** How long all attempts together may take; then the step has failed. */
  readonly deadline?: Duration;
  /** Run as another user: `true` for the host's become user, or a name; `false` for the login user. */
  readonly become?: boolean | string;
  /** Environment variables for the step's scripts; values may be deferred. */
  readonly env?: Readonly<Record<string, string | number | ((ctx: StepContext) => string | number)>>;
  /** Directory that the step's scripts run in; may be deferred. */
  readonly cwd?: string | ((ctx: StepContext) => string);
  /**
   * What it may read: `ctx.secrets` in deferred values, the environment variables of a command or bash step, `secrets`
   * in a module of your own.
   */
  readonly secrets?: ReadonlyArray<SecretHandle<Book> | string>;
  /** A failure is shown and counted, but what awaits the step goes on. */
  readonly ignoreErrors?: boolean;
  /** Where its output goes beside the run's folder: `fileSink`, `nullSink`, `multiSink`, `s3Sink`, or one of your own. */
  readonly sink?: StepSink;
  /** Makes of the step's output what later steps see. */
  readonly post?: (output: Output extends string ? string : Output) => Post;
  /** Must hold for the result, after `post`; otherwise the step has failed. */
  readonly assert?: (result: Result) => boolean | Promise<boolean>;
}

/** Names of all framework options. */
const NAMES = [
  "await",
  "when",
  "retry",
  "timeout",
  "deadline",
  "become",
  "env",
  "cwd",
  "secrets",
  "ignoreErrors",
  "sink",
  "post",
  "assert",
] as const;

/** What is wrong with framework options, in words; TypeScript refuses most of it, a JavaScript runbook does not. */
export function frameworkProblems(options: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(options).filter((key) => !(NAMES as readonly string[]).includes(key));
  return [
    ...unknown.map((key) => `there is no step option "${key}": wanted one of ${NAMES.join(", ")}`),
    ...valueProblems(options as StepOptions),
  ];
}

function valueProblems({
  await: awaits,
  when,
  retry,
  timeout,
  deadline,
  become,
  env,
  cwd,
  secrets,
  sink,
  post,
  assert,
}: StepOptions): string[] {
  const problems: string[] = [];
  const isFunction = (value: unknown): boolean => typeof value === "function";
  const want = (holds: boolean, name: string, value: unknown, wanted: string): void => {
    if (!holds) problems.push(`${name} is ${show(value)}: wanted ${wanted}`);
  };
  want(awaits === undefined || Array.isArray(awaits), "await", awaits, "a list of steps");
  want(when === undefined || isFunction(when) || isChanged(when), "when", when, "a function, or changed(…)");
  want(
    retry === undefined || readRetry(retry) !== undefined,
    "retry",
    retry,
    `attempts in all, or { ${RETRY_NAMES.join(", ")} }`,
  );
  want(
    timeout === undefined || (parseDuration(timeout) ?? 0) > 0,
    "timeout",
    timeout,
    'a duration such as 500, "2s", "1m"',
  );
  want(
    deadline === undefined || (parseDuration(deadline) ?? 0) > 0,
    "deadline",
    deadline,
    'a duration such as 500, "2s", "1m"',
  );
  want(
    become === undefined || typeof become === "boolean" || isUser(become),
    "become",
    become,
    "true, false or a user name",
  );
  want(cwd === undefined || typeof cwd === "string" || isFunction(cwd), "cwd", cwd, "a path");
  want(secrets === undefined || Array.isArray(secrets), "secrets", secrets, "a list of secrets");
  want(sink === undefined || isSink(sink), "sink", sink, "a sink such as fileSink(…)");
  want(post === undefined || isFunction(post), "post", post, "a function");
  want(assert === undefined || isFunction(assert), "assert", assert, "a function");
  for (const [name, value] of Object.entries(env ?? {})) {
    want(isVariableName(name), "env", name, "names of letters, digits and _");
    want(["string", "number", "function"].includes(typeof value), `env.${name}`, value, "a text or a number");
  }
  return problems;
}

/** The whole policy; undefined when it is none. */
export function readRetry(retry: number | Retry | undefined): RetryPolicy | undefined {
  if (retry === null) return undefined;
  const given: Retry = typeof retry === "object" ? retry : { max: retry ?? 1 };
  if (Object.keys(given).some((name) => !RETRY_NAMES.includes(name))) return undefined;
  const delay = parseDuration(given.delay ?? 1000);
  const maxDelay = given.maxDelay === undefined ? Number.POSITIVE_INFINITY : parseDuration(given.maxDelay);
  const within = given.within === undefined ? undefined : parseDuration(given.within);
  const { backoff = 1, jitter = 0, on = KINDS, wait } = given;
  const { max = within === undefined ? Number.NaN : Number.POSITIVE_INFINITY } = given;
  const isSound =
    (Number.isInteger(max) || (max === Number.POSITIVE_INFINITY && within !== undefined)) &&
    max >= 1 &&
    (within !== undefined || given.within === undefined) &&
    (wait === undefined || typeof wait === "function") &&
    backoff >= 1 &&
    jitter >= 0 &&
    jitter <= 1 &&
    Array.isArray(on) &&
    on.every((kind) => KINDS.includes(kind));
  return isSound && delay !== undefined && maxDelay !== undefined
    ? { max, delay, backoff, maxDelay, jitter, on, within, wait }
    : undefined;
}

/** True for what {@link changed} made. */
export function isChanged(value: unknown): value is Changed {
  return typeof value === "object" && value !== null && Array.isArray((value as Partial<Changed>).changed);
}

function isUser(value: unknown): boolean {
  return typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(value);
}

function show(value: unknown): string {
  return typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
}
