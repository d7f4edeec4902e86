// Loads the bundle beside it. What V8 made of its text is kept in a private folder, so that the next start need not
// compile it again. Whatever is wrong with that cache, the bundle is loaded without it.
const { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { createHash } = require("node:crypto");
const { createRequire } = require("node:module");
const { homedir } = require("node:os");
const { isAbsolute, join } = require("node:path");
const vm = require("node:vm");

const path = join(__dirname, "rcm.cjs");
const source = readFileSync(path, "latin1"); // it is all ASCII
const { mtimeMs, size, ino } = statSync(path);
/** Which text it was made of: V8 itself compares no more than its length. */
const stamp = Buffer.from(hash(mtimeMs, size, ino));
/** Bytes of the counter: V8 wants what follows to begin at a multiple of 8. */
const COUNTER = 8;
/** After so many runs there is hardly a part of the text that a command runs and that was not compiled yet. */
const MAX_ROUNDS = 4;
const file = cacheFile();
const { rounds, data: cachedData } = readKept();
const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
  filename: path,
  cachedData,
});
script.runInThisContext()(module.exports, createRequire(path), module, path, __dirname);
// What has been run by the end of the process is what the next one will need. One that failed did not get far.
const isWanted = cachedData === undefined || script.cachedDataRejected || rounds < MAX_ROUNDS;
if (file && isWanted) process.once("exit", (code) => code === 0 && keep());

function cacheFile() {
  const base = process.env.XDG_CACHE_HOME;
  const folder = join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "rcm", "code");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (statSync(folder).uid !== process.getuid?.()) return undefined;
    chmodSync(folder, 0o700);
    // Each command runs other parts of the text, and only what has been run is compiled.
    const command = /^[a-z_]{1,12}$/.exec(process.argv[2] ?? "")?.[0] ?? "";
    return join(folder, hash(path, process.version, process.arch, command));
  } catch {
    return undefined; // a read-only home: slower, not wrong
  }
}

function readKept() {
  try {
    const kept = readFileSync(file);
    if (!kept.subarray(0, stamp.length).equals(stamp)) return { rounds: 0 };
    return { rounds: kept[stamp.length], data: kept.subarray(stamp.length + COUNTER) };
  } catch {
    return { rounds: 0 }; // there is none yet
  }
}

/** The stamp, the number of rounds, and what V8 made; written whole under another name first, since another rcm may read it at the same time. */
function keep() {
  const counter = Buffer.alloc(COUNTER);
  counter[0] = script.cachedDataRejected ? 1 : rounds + 1;
  try {
    writeFileSync(`${file}.${process.pid}`, Buffer.concat([stamp, counter, script.createCachedData()]), {
      mode: 0o600,
    });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // no room, or no right to: the next start compiles again
  }
}

function hash(...parts) {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}
