import type { Emit, Event } from "../event/event.ts";
import type { Change, Result } from "../module/result.ts";
import type { Redactor } from "../redact/redactor.ts";
import { MARK } from "../redact/stream.ts";

/** Passes events on without secrets. Results and outputs have none: they lost them where they came to be. */
export function redactedEmit(redactor: Redactor, emit: Emit): Emit {
  return (event) => emit(redactedEvent(redactor, event));
}

function redactedEvent(redactor: Redactor, event: Event): Event {
  switch (event.type) {
    case "step-retry":
      return { ...event, error: redactor.text(event.error) };
    case "host-finished":
      return {
        ...event,
        ...(event.error === undefined ? {} : { error: redactor.text(event.error) }),
        ...(event.hint === undefined ? {} : { hint: redactor.text(event.hint) }),
      };
    case "warning":
      return { ...event, message: redactor.text(event.message) };
    default:
      return event;
  }
}

/** The result of a step, as everybody is to see it: reporters, the journal, and what reads it in later steps. */
export function redactedResult(redactor: Redactor, result: Result): Result {
  const changes = result.changes.map((change) => redactedChange(redactor, change));
  return { ...redactor.value({ ...result, changes: [] }), changes };
}

/** Where a secret is to come, what is there now may be the one before it: only what stays is shown. */
function redactedChange(redactor: Redactor, change: Change): Change {
  const clean = redactor.value(change);
  if (clean.want === change.want) return clean;
  const staying = new Set(clean.want.split("\n"));
  const was = clean.was.split("\n").map((line) => (line === "" || staying.has(line) ? line : MARK));
  return { ...clean, was: was.join("\n") };
}
