import type { Wait } from "../functions/kinds/wait-rule.ts";

/** How many seconds a rule waits after so many attempts. */
export function secondsAfter(wait: Wait, attempts: number): number {
  switch (wait.kind) {
    case "fixed":
      return wait.seconds;
    case "random":
      return wait.min + Math.random() * (wait.max - wait.min);
    case "exponential":
      return growing(wait, attempts);
    case "random-exponential":
      return wait.min + Math.random() * (growing(wait, attempts) - wait.min);
    case "chain":
      return nth(wait.waits, attempts);
    case "sum":
      return wait.waits.reduce((sum, one) => sum + secondsAfter(one, attempts), 0);
  }
}

function growing(
  { multiplier, base, min, max }: Extract<Wait, { kind: "exponential" | "random-exponential" }>,
  attempts: number,
): number {
  return Math.min(max, Math.max(min, multiplier * base ** (attempts - 1)));
}

function nth(waits: readonly Wait[], attempts: number): number {
  const one = waits[Math.min(attempts, waits.length) - 1];
  return one ? secondsAfter(one, attempts) : 0;
}
