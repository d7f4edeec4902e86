import { expect, test } from "vitest";
import { debug } from "../../modules/index.ts";
import { apply, type Event, runbook } from "../../src/index.ts";

test.each([
  ["a text", "hello", "hello\n"],
  ["any value", { a: [1] }, '{"a":[1]}\n'],
])("debug prints %s, so that it is in the step's output", async (_what, message, printed) => {
  const events: Event[] = [];
  const book = runbook("talk", {}, ({ step }) => step("tell", debug({ message })));
  await apply(book, { keep: false, onEvent: (event) => void events.push(event) }).result;
  const output = events.flatMap((event) => (event.type === "step-output" ? [event.data] : []));
  expect(Buffer.concat(output).toString()).toBe(printed);
});
