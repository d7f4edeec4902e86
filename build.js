// Makes dist/, the package that is run and published:
//   rcm.cjs               all of rcm and of what it uses in one file, each part run when it is first asked for
//   flow.cjs, locales.cjs what only flows need, and zod's messages in other languages than English
//   rare.cjs              what few runs need: libraries for archives, templates, programs of this machine
//   jiti.cjs              what loads runbooks in TypeScript
//   load.cjs              loads these files, with V8's code cache
//   completion.cjs        what a shell asks at every press of the tab key, and grammar.json, the answers
//   src/index.js …        the package's entries, which hand out what is in the bundle: one instance for all
//   **/*.d.ts             the types
// Hundreds of small files, and compiling them anew each time, would cost more than all else that a short run does; and
// every byte of a bundle is read at every start.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

/** What others import, and in which file it is. */
const ENTRIES = {
  "src/cli/main": "rcm",
  "src/index": "rcm",
  "modules/index": "rcm",
  "src/testing/index": "rcm",
  "src/flow/typescript/index": "flow",
};
/** What else is handed out: for completion, when it is used and when it is built. */
const OTHERS = { "src/cli/completion/names": "rcm", "src/cli/completion/grammar-of": "flow" };
/** What is asked for by `import()` and lies in a file of its own, with all that nothing else needs. */
const APART = {
  flow: /^src\/(?:flow\/|embed\/flow-|cli\/(?:functions|fmt|convert|schema)\.ts)/,
  rare: /^node_modules\/(?:eta|execa|ssh2-sftp-client|tar|yauzl)\//,
  jiti: /^node_modules\/jiti\//,
};
const LOCALES = "node_modules/zod/v4/locales/index.js";

/**
 * What libraries do at every start and hardly ever need: to load Node's parts for HTTP and for child processes, and their
 * own server. What is to be replaced must be there, so that a new version cannot bring it back unnoticed.
 */
const LATER = {
  "node_modules/ssh2/lib/protocol/constants.js": [
    // Whether Node can do Ed25519 is tried with a signature; every Node that rcm runs on can.
    [/const eddsaSupported = \(\(\) => \{[\s\S]*?\n\}\)\(\);/, "const eddsaSupported = true;"],
  ],
  "node_modules/jiti/lib/jiti.mjs": [
    // Code from a cache cannot import; and what compiles TypeScript stays where it is, since the results are kept.
    ["const nativeImport = (id) => import(id);", "const nativeImport = require.importNative;"],
    [
      'createRequire(import.meta.url)("../dist/babel.cjs")',
      'createRequire(createRequire(import.meta.url).resolve("jiti"))("../dist/babel.cjs")',
    ],
  ],
  "node_modules/commander/lib/command.js": [
    ["const childProcess = require('node:child_process');", ""],
    ["childProcess.spawn(", "require('node:child_process').spawn("],
  ],
  "node_modules/ssh2/lib/agent.js": [
    [
      "const { execFile, spawn } = require('child_process');",
      `const execFile = (...args) => require('child_process').execFile(...args);
       const spawn = (...args) => require('child_process').spawn(...args);`,
    ],
  ],
  "node_modules/ssh2/lib/index.js": [
    // What lets Node's HTTP go through SSH: rcm has no use for it.
    [
      /const \{\s*SSHTTPAgent: HTTPAgent,\s*SSHTTPSAgent: HTTPSAgent,\s*\} = require\('\.\/http-agents\.js'\);/,
      "",
    ],
    [/\bHTTPAgent,\s*HTTPSAgent,/, ""],
    ["Server: require('./server.js')", "get Server() { return require('./server.js'); }"],
    ["...require('./keygen.js'),", ""],
  ],
};

const OPTIONS = {
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  define: { "import.meta.url": "rcmUrl" },
  banner: { js: 'const rcmUrl = require("node:url").pathToFileURL(__filename).href;' },
  minifyWhitespace: true, // comments are half of it
  minifySyntax: true,
  legalComments: "linked",
  logLevel: "warning",
  // They are optional.
  external: [
    "cpu-features",
    "@aws-sdk/client-s3",
    "@aws-sdk/lib-storage",
    "node-sqlite3-wasm",
    "pg",
    "mysql2",
    "mysql2/promise",
    "nodemailer",
  ],
  supported: { "dynamic-import": false }, // code from a cache cannot import, but require
  metafile: true,
};

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
rmSync("dist", { recursive: true, force: true });
const inRcm = Object.keys({ ...ENTRIES, ...OTHERS }).filter((name) => fileOf(name) === "rcm");
/** What the files beside it import of rcm.cjs, and what is imported of them. */
const shared = new Set();
const parts = {
  flow: new Set(
    Object.keys({ ...ENTRIES, ...OTHERS })
      .filter((name) => fileOf(name) === "flow")
      .map((name) => `${name}.ts`),
  ),
  rare: new Set(),
  jiti: new Set(),
};
const { metafile } = await bundle("rcm", rcmSource(), [{ name: "apart", setup: keepApart }]);
const own = new Set(Object.keys(metafile.inputs).map((path) => path.replace(/^modules:/, "")));
// Flows first: they may ask for what is rare, too.
await bundle("flow", handingOut(parts.flow), [
  { name: "apart", setup: keepApart },
  { name: "shared", setup: shareTheRest },
]);
for (const name of ["rare", "jiti"])
  await bundle(name, handingOut(parts[name]), [{ name: "shared", setup: shareTheRest }]);
await bundle("locales", `module.exports = require("./${LOCALES}");`, [
  { name: "shared", setup: shareTheRest },
]);
await bundle("rcm", rcmSource(), [{ name: "apart", setup: keepApart }]);
copyFileSync("src/load.cjs", "dist/load.cjs");
const load = createRequire(import.meta.url)("./dist/load.cjs");
for (const [name, file] of Object.entries(ENTRIES)) writeEntry(name, file);
const { ownGrammar } = load("flow", "src/cli/completion/grammar-of.ts");
writeFileSync("dist/grammar.json", JSON.stringify(ownGrammar()));
await build({ ...OPTIONS, entryPoints: ["src/cli/completion/answer.ts"], outfile: "dist/completion.cjs" });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});

function fileOf(name) {
  return { ...ENTRIES, ...OTHERS }[name];
}

/** A file that hands out what is in it: by name, each run when it is first asked for. */
function handingOut(files) {
  const lines = Array.from(files, (file) => `  "${file}": () => require("./${file}"),`);
  return `module.exports = {\n${lines.join("\n")}\n};`;
}

function rcmSource() {
  return handingOut(new Set([...inRcm.map((name) => `${name}.ts`), ...shared]));
}

async function bundle(name, contents, plugins) {
  const outfile = `dist/${name}.cjs`;
  const made = await build({
    ...OPTIONS,
    stdin: { contents, resolveDir: "." },
    outfile,
    plugins: [...plugins, { name: "native", setup: keepNativeCode }, { name: "later", setup: loadLater }],
  });
  const named = readFileSync(outfile, "utf8");
  // Not in one go: then the files would lose their names, too, which traces show.
  const { code } = await transform(named, {
    minifyIdentifiers: true,
    minifyWhitespace: true,
    format: "cjs",
    target: "node20",
  });
  // All ASCII, which is read in half the time; esbuild leaves regular expressions as they are.
  writeFileSync(
    outfile,
    code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
  return made;
}

/** What is asked for by `import()` may lie in a file of its own. */
function keepApart({ onResolve, onLoad, resolve }) {
  onResolve({ filter: /./ }, async (given) => {
    if (given.pluginData === "seen") return undefined;
    if (given.path.startsWith("rcm:")) return { path: given.path, external: true };
    if (given.kind !== "dynamic-import" && !given.path.endsWith("locales/index.js")) return undefined;
    const found = await resolve(given.path, seen(given));
    const path = relative(".", found.path);
    if (path === LOCALES) return { path, namespace: "locales" };
    const [name] = Object.entries(APART).find(([, pattern]) => pattern.test(path)) ?? [];
    // Within a file that lies apart, its own parts are just there.
    if (name === undefined || parts[name].has(relative(".", given.importer))) return undefined;
    parts[name].add(path);
    return { path: `rcm:${name}/${path}`, external: true };
  });
  onLoad({ filter: /./, namespace: "locales" }, () => ({
    contents: laterLocales(),
    loader: "js",
    resolveDir: ".",
  }));
}

/** The same question, which the plugin that asks it then leaves alone. */
function seen({ importer, namespace, resolveDir, kind }) {
  return { importer, namespace, resolveDir, kind, pluginData: "seen" };
}

/** Each language is there, and read when it is asked for. */
function laterLocales() {
  const text = readFileSync(LOCALES, "utf8");
  const names = Array.from(text.matchAll(/default as (\w+)/g), ([, name]) => name);
  return `for (const name of ${JSON.stringify(names)})
  Object.defineProperty(exports, name, { enumerable: true, get: () => require("rcm:locales")[name] });`;
}

/** What is in rcm.cjs is used from there: there must be one of each. */
function shareTheRest({ onResolve, resolve }) {
  onResolve({ filter: /./ }, async (given) => {
    if (given.pluginData === "seen" || given.kind === "entry-point") return undefined;
    const found = await resolve(given.path, seen(given));
    const path = relative(".", found.path);
    if (found.external || !own.has(path)) return undefined;
    shared.add(path);
    return { path: `rcm:rcm/${path}`, external: true };
  });
}

/** ssh2 looks for its native code beside its own files. */
function keepNativeCode({ onResolve }) {
  onResolve({ filter: /sshcrypto\.node$/ }, () => ({
    path: "ssh2/lib/protocol/crypto/build/Release/sshcrypto.node",
    external: true,
  }));
}

/** What a run does not need is loaded when it is asked for: most step modules, and much of libraries. */
function loadLater({ onResolve, onLoad, resolve }) {
  onResolve({ filter: /\bmodules\/index\.ts$/ }, async (given) => {
    if (given.pluginData === "seen") return undefined;
    const { path } = await resolve(given.path, seen(given));
    return { path: relative(".", path), namespace: "modules" };
  });
  onLoad({ filter: /./, namespace: "modules" }, ({ path }) => ({
    contents: laterModules(path),
    loader: "js",
    resolveDir: dirname(path),
  }));
  for (const [file, changes] of Object.entries(LATER)) {
    onLoad({ filter: new RegExp(`/${file.replaceAll(".", "\\.")}$`) }, ({ path }) => ({
      contents: changes.reduce((text, change) => replaced(file, text, change), readFileSync(path, "utf8")),
      loader: "js",
    }));
  }
}

function replaced(file, text, [old, wanted]) {
  const found = text.replaceAll(typeof old === "string" ? old : new RegExp(old, "g"), () => wanted);
  if (found === text) throw new Error(`${file} holds no ${old}: look at LATER in build.js again`);
  return found;
}

/** Each module is there by its name, and made when it is asked for. */
function laterModules(path) {
  const exports = [...readFileSync(path, "utf8").matchAll(/^export \{ (.*) \} from "(.*)";$/gm)];
  const lines = exports.flatMap(([, names, file]) =>
    names
      .split(", ")
      .filter((name) => !name.startsWith("type "))
      .map((name) => `later("${name}", () => require("${file}"));`),
  );
  return `const later = (name, load) =>
  Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] });\n${lines.join("\n")}`;
}

function writeEntry(name, file) {
  const names = Object.keys(load(file, `${name}.ts`)).filter(
    (key) => key !== "default" && key !== "__esModule",
  );
  const up = "../".repeat(name.split("/").length - 1);
  mkdirSync(dirname(`dist/${name}`), { recursive: true });
  writeFileSync(
    `dist/${name}.js`,
    `import load from "${up}load.cjs";\n\nexport const { ${names.join(", ")} } = load("${file}", "${name}.ts");\n`,
  );
}
