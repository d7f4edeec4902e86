// Each folder of src may import the folders on its line, and itself. The picture is docs/architecture.md.
const LAYERS = {
  util: [],
  errors: [],
  shell: ["util", "errors"],
  redact: ["util", "errors"],
  transport: ["shell", "util", "errors"],
  module: ["shell", "util", "errors"],
  sink: ["module", "util", "errors"],
  runbook: ["sink", "module", "shell", "util", "errors"],
  flow: ["runbook", "inventory", "module", "shell", "util", "errors"],
  inventory: ["util", "errors"],
  plan: ["runbook", "inventory", "module", "shell", "util", "errors"],
  checkpoint: ["plan", "sink", "module", "util", "errors"],
  event: ["module", "plan", "util", "errors"],
  engine: [
    "plan",
    "inventory",
    "runbook",
    "checkpoint",
    "module",
    "transport",
    "shell",
    "redact",
    "sink",
    "event",
    "util",
    "errors",
  ],
  embed: [
    "engine",
    "plan",
    "checkpoint",
    "inventory",
    "flow",
    "runbook",
    "redact",
    "event",
    "module",
    "util",
    "errors",
  ],
  report: ["event", "module", "util", "errors"],
};

// A runbook file imports the very rcm that runs it, so what loads such files hands out the public API: later, when there
// is one. This file is the only door.
const OWN_MODULES = "^src/embed/own-modules\\.ts$";

const layers = Object.entries(LAYERS).map(([from, to]) => ({
  name: `layer-${from}`,
  comment: `src/${from} may import only: ${[...to, "itself"].join(", ")}. See docs/architecture.md.`,
  severity: "error",
  from: { path: `^src/${from}(/|\\.ts$)`, pathNot: OWN_MODULES },
  to: { path: "^(src|modules)/", pathNot: `^src/(${[from, ...to].join("|")})(/|\\.ts$)` },
}));

module.exports = {
  forbidden: [
    ...layers,
    {
      name: "no-cycles",
      comment: "Import cycles, type-only ones included, hide which file comes first.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { pathNot: OWN_MODULES } },
    },
    {
      name: "modules-use-the-public-api",
      comment: "A module is written as a third party would write it.",
      severity: "error",
      from: { path: "^modules/(?!index\\.ts$)" },
      to: { path: "^src/", pathNot: "^src/index\\.ts$" },
    },
    {
      name: "modules-keep-to-themselves",
      comment:
        "A module is its face, modules/NAME.ts, and what lies in modules/NAME/; what several need is in src/module.",
      severity: "error",
      from: { path: "^modules/(?!index\\.ts$)([^/]+?)(?:\\.ts$|/)" },
      to: { path: "^modules/", pathNot: "^modules/$1/" },
    },
    {
      name: "only-transport-speaks-ssh",
      severity: "error",
      from: { pathNot: "^src/(transport|testing)/" },
      to: { path: "node_modules/(ssh2|ssh2-sftp-client|@types/ssh2)" },
    },
    {
      name: "only-report-draws",
      severity: "error",
      from: { pathNot: "^src/report/" },
      to: { path: "node_modules/(listr2|diff)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node"] },
  },
};
