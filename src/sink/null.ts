import type { StepSink } from "./sink.ts";

/** Keeps a step's output nowhere; its result still has the last 64 KiB. */
export function nullSink(): StepSink {
  return NULL;
}

const NULL: StepSink = Object.freeze({
  keeps: false,
  open: () => ({ write: () => undefined, close: () => undefined }),
});
