#!/usr/bin/env node
// CommonJS, as the folder's package.json says: Node's loader for other modules takes 3 ms of each start.
const words = process.argv.slice(2);
// What shells and scripts ask for all the time is answered before anything is loaded.
if (words.length === 1 && words[0] === "--version") {
  process.stdout.write(`${require("../package.json").version}\n`);
} else if (words[0] === "__complete" || words[0] === "completion") {
  void complete();
} else {
  void run();
}

async function complete() {
  const names = async () => require("../dist/load.cjs")("rcm", "src/cli/completion/names.ts").names;
  const answer = await require("../dist/completion.cjs").answer(words, names);
  if (answer === undefined) await run();
  else process.stdout.write(answer);
}

async function run() {
  optimiseLater();
  const { main } = require("../dist/load.cjs")("rcm", "src/cli/main.ts");
  process.exitCode = await main(words);
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
