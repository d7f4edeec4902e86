import { expect, test } from "vitest";
import { multiSink, nullSink, type StepSink } from "../../src/index.ts";
import { secretsFrom } from "../../src/module/secrets.ts";

const PLACE = { run: "r", host: "h", step: "s", secrets: secretsFrom([], new Map()) };

function listing(list: string[]): StepSink {
  return {
    open: ({ host }) => ({
      begin: (attempt) => void list.push(`${host} ${attempt}`),
      write: (stream, data) => void list.push(`${stream} ${data.toString()}`),
      close: () => void list.push("closed"),
    }),
  };
}

function failing(at: "open" | "write" | "close"): StepSink {
  const fail = (when: string): void => {
    if (when === at) throw new Error(`no ${at}`);
  };
  return {
    open: async () => {
      fail("open");
      return { write: async () => fail("write"), close: async () => fail("close") };
    },
  };
}

test("gives all to all, and tells of those that failed when the others have everything", async () => {
  const list: string[] = [];
  const sink = multiSink(failing("open"), failing("write"), listing(list), failing("close"));
  const open = await sink.open(PLACE);
  await open.begin?.(1);
  await open.write("stdout", Buffer.from("a"));
  await open.write("stderr", Buffer.from("b"));
  await expect(open.close()).rejects.toThrow("no open; no write; no close");
  expect(list).toEqual(["h 1", "stdout a", "stderr b", "closed"]);
  expect([sink.keeps, multiSink(sink, nullSink()).keeps]).toEqual([true, false]);
});

test("wants sinks", () => {
  expect(() => multiSink()).toThrow("multiSink wants sinks");
  expect(() => multiSink({} as StepSink)).toThrow("multiSink wants sinks");
});
