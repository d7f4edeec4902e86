#!/usr/bin/env node
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const words = process.argv.slice(2);
// What shells and scripts ask for all the time is answered before anything is loaded.
if (words.length === 1 && words[0] === "--version") {
  process.stdout.write(`${require("../package.json").version}\n`);
} else {
  const answer = words[0] === "__complete" || words[0] === "completion" ? await completion() : undefined;
  if (answer !== undefined) process.stdout.write(answer);
  else {
    optimiseLater();
    const { main } = require("../dist/load.cjs")("rcm", "src/cli/main.ts");
    process.exitCode = await main(words);
  }
}

/**
 * Node 20's V8 begins to optimise a function when it has run for about half a millisecond. In a run of a second, a third of
 * the processor's time went into that, for code that had nearly done its work. Newer ones wait longer by themselves, and
 * have no such option.
 */
function optimiseLater() {
  if (process.versions.v8.startsWith("11."))
    require("node:v8").setFlagsFromString("--interrupt-budget=1000000");
}

async function completion() {
  const names = async () => require("../dist/load.cjs")("rcm", "src/cli/completion/names.ts").names;
  return await require("../dist/completion.cjs").answer(words, names);
}
