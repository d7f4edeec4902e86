import { isUtf8 } from "node:buffer";
import type { Event } from "../event/event.ts";
import { flushed, type ReporterOptions, systemClock } from "./options.ts";

/** The version of the stream's form: raised when a reader of the form before could go wrong. */
const VERSION = 1;

/** Writes one JSON object a line for each event, for programs; `docs/events.md` has its fields. */
export class NdjsonReporter {
  readonly #options: ReporterOptions;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#write("stream", { format: "rcm-events", rcm: options.version });
  }

  report(event: Event): void {
    this.#write(event.type, event.type === "step-output" ? encodeOutput(event) : event);
  }

  async close(): Promise<void> {
    await flushed(this.#options.stdout);
  }

  #write(type: string, fields: object): void {
    const time = new Date((this.#options.clock ?? systemClock).now()).toISOString();
    this.#options.stdout.write(`${encode({ v: VERSION, time, type, ...fields })}\n`);
  }
}

type Output = Extract<Event, { readonly type: "step-output" }>;

function encodeOutput({ data, ...event }: Output): object {
  return isUtf8(data)
    ? { ...event, text: data.toString("utf8") }
    : { ...event, base64: data.toString("base64") };
}

/** JSON of one line, in which what a terminal could obey is written as `\uXXXX`: the same value to a reader. */
function encode(value: object): string {
  return stringify(value).replace(UNSAFE, (character) => {
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** What `post` made of an output can be anything, also what JSON cannot hold. */
function stringify(value: object): string {
  try {
    return JSON.stringify(value, (_key, field: unknown) =>
      typeof field === "bigint" ? String(field) : field,
    );
  } catch {
    return JSON.stringify(value, (key, field: unknown) => (key === "output" ? null : field));
  }
}
