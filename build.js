// Makes dist/, the package that is run and published:
//   rcm.cjs               all of rcm and of what it uses in one file, each part run when it is first asked for
//   load.cjs              loads that file, with V8's code cache
//   completion.cjs        what a shell asks at every press of the tab key, and grammar.json, the answers
//   src/index.js …        the package's entries, which hand out what is in the bundle: one instance for all
//   **/*.d.ts             the types
// Hundreds of small files, and compiling them anew each time, would cost more than all else that a short run does.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What others import. */
const ENTRIES = [
  "src/cli/main",
  "src/index",
  "modules/index",
  "src/testing/index",
  "src/flow/typescript/index",
];
/** What the bundle hands out, as entry0, entry1 …; the last two are for completion, when it is used and when built. */
const PARTS = [...ENTRIES, "src/cli/completion/names", "src/cli/completion/grammar-of"];

const OPTIONS = {
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  define: { "import.meta.url": "rcmUrl" },
  banner: { js: 'const rcmUrl = require("node:url").pathToFileURL(__filename).href;' },
  minifyWhitespace: true, // comments are half of it
  legalComments: "linked",
  logLevel: "warning",
};

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
rmSync("dist", { recursive: true, force: true });
await build({
  ...OPTIONS,
  stdin: {
    contents: PARTS.map((name, i) => `export const entry${i} = () => import("./${name}.ts");`).join("\n"),
    resolveDir: ".",
  },
  outfile: "dist/rcm.cjs",
  // jiti is rarely needed and has a loader of its own; the others are optional.
  external: [
    "jiti",
    "cpu-features",
    "@aws-sdk/client-s3",
    "@aws-sdk/lib-storage",
    "node-sqlite3-wasm",
    "pg",
    "mysql2",
    "mysql2/promise",
    "nodemailer",
  ],
  plugins: [{ name: "native", setup: keepNativeCode }],
  supported: { "dynamic-import": false }, // code from a cache cannot import, but require
});
const text = readFileSync("dist/rcm.cjs", "utf8");
// All ASCII, which is read in half the time; esbuild leaves regular expressions as they are.
writeFileSync(
  "dist/rcm.cjs",
  text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
);
copyFileSync("src/load.cjs", "dist/load.cjs");
const bundle = createRequire(import.meta.url)("./dist/load.cjs");
for (const [i, name] of ENTRIES.entries()) await writeEntry(name, i);
const { ownGrammar } = await bundle[`entry${PARTS.length - 1}`]();
writeFileSync("dist/grammar.json", JSON.stringify(ownGrammar()));
await build({ ...OPTIONS, entryPoints: ["src/cli/completion/answer.ts"], outfile: "dist/completion.cjs" });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});

/** ssh2 looks for its native code beside its own files. */
function keepNativeCode({ onResolve }) {
  onResolve({ filter: /sshcrypto\.node$/ }, () => ({
    path: "ssh2/lib/protocol/crypto/build/Release/sshcrypto.node",
    external: true,
  }));
}

async function writeEntry(name, i) {
  const names = Object.keys(await bundle[`entry${i}`]()).filter(
    (key) => key !== "default" && key !== "__esModule",
  );
  const up = "../".repeat(name.split("/").length - 1);
  mkdirSync(dirname(`dist/${name}`), { recursive: true });
  writeFileSync(
    `dist/${name}.js`,
    `import bundle from "${up}load.cjs";\n\nexport const { ${names.join(", ")} } = await bundle.entry${i}();\n`,
  );
}
