// Loads the bundles beside it, each when something in it is asked for. What V8 made of their text is kept in a private
// folder, so that the next start need not compile it again. Whatever is wrong with that cache, they are loaded without it.
const { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { createHash } = require("node:crypto");
const { homedir } = require("node:os");
const { isAbsolute, join } = require("node:path");
const vm = require("node:vm");

/** Bytes of the counter: V8 wants what follows to begin at a multiple of 8. */
const COUNTER = 8;
/** After so many runs there is hardly a part of the text that a command runs and that was not compiled yet. */
const MAX_ROUNDS = 4;
const folder = cacheFolder();
const loaded = new Map();

/** What one of the files that a bundle was made of exports: `load("rcm", "src/index.ts")`. */
module.exports = (bundle, file) => bundleOf(bundle)[file]();

function bundleOf(name) {
  if (!loaded.has(name)) loaded.set(name, run(name));
  return loaded.get(name);
}

function run(name) {
  const path = join(__dirname, `${name}.cjs`);
  const source = readFileSync(path, "latin1"); // it is all ASCII
  const { mtimeMs, size, ino } = statSync(path);
  // Which text it was made of: V8 itself compares no more than its length.
  const stamp = Buffer.from(hash(mtimeMs, size, ino));
  // Each command runs other parts of the text, and only what has been run is compiled.
  const command = /^[a-z_]{1,12}$/.exec(process.argv[2] ?? "")?.[0] ?? "";
  const cache = folder && join(folder, hash(path, process.version, process.arch, command));
  const { rounds, data: cachedData } = readKept(cache, stamp);
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: path,
    cachedData,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireOwn, module, path, __dirname);
  // What has been run by the end of the process is what the next one will need. One that failed did not get far.
  const isWanted = cachedData === undefined || script.cachedDataRejected || rounds < MAX_ROUNDS;
  if (cache && isWanted)
    process.once(
      "exit",
      (code) => code === 0 && keep(script, cache, stamp, script.cachedDataRejected ? 1 : rounds + 1),
    );
  return module.exports;
}

/** Bundles know each other's parts as `rcm:BUNDLE/FILE`, and the whole of one as `rcm:BUNDLE`. */
function requireOwn(name) {
  const [, bundle, file] = /^rcm:([a-z]+)(?:\/(.*))?$/.exec(name) ?? [];
  if (bundle === undefined) return require(name);
  return file === undefined ? bundleOf(bundle) : bundleOf(bundle)[file]();
}
requireOwn.resolve = require.resolve;
/** Code from a cache cannot import. */
requireOwn.importNative = (id) => import(id);

function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME;
  const made = join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "rcm", "code");
  try {
    mkdirSync(made, { recursive: true, mode: 0o700 });
    if (statSync(made).uid !== process.getuid?.()) return undefined;
    chmodSync(made, 0o700);
    return made;
  } catch {
    return undefined; // a read-only home: slower, not wrong
  }
}

function readKept(cache, stamp) {
  try {
    const kept = readFileSync(cache);
    if (!kept.subarray(0, stamp.length).equals(stamp)) return { rounds: 0 };
    return { rounds: kept[stamp.length], data: kept.subarray(stamp.length + COUNTER) };
  } catch {
    return { rounds: 0 }; // there is none yet
  }
}

/** The stamp, the number of rounds, and what V8 made; written whole under another name first, since another rcm may read it at the same time. */
function keep(script, cache, stamp, rounds) {
  const counter = Buffer.alloc(COUNTER);
  counter[0] = rounds;
  try {
    writeFileSync(`${cache}.${process.pid}`, Buffer.concat([stamp, counter, script.createCachedData()]), {
      mode: 0o600,
    });
    renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // no room, or no right to: the next start compiles again
  }
}

function hash(...parts) {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}
