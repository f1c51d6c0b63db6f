// The import direction of the house: data flows from left to right and a folder imports only from its left.
// core ▸ market ▸ { features | labels } ▸ models ▸ signals ▸ risk ▸ execution ▸ recipe ▸ apps
const trade = "^packages/trade/src/";
const order = ["core", "market", "features", "labels", "models", "signals", "risk", "execution", "recipe"];
const allowed = {
  core: [],
  market: ["core"],
  features: ["core", "market"],
  labels: ["core", "market"],
  models: ["core", "market", "features", "labels"],
  signals: ["core", "market", "features", "labels", "models"],
  risk: ["core", "market", "features", "labels", "models", "signals"],
  execution: order.slice(0, order.indexOf("execution")),
  store: ["core", "market"],
  report: ["core", "execution"],
  wire: ["core"],
  // recipe answers in the shapes of wire, so that the command line and the server print the same documents
  recipe: [...order.slice(0, order.indexOf("recipe")), "store", "report", "wire"],
};
const folders = Object.entries(allowed).map(([folder, left]) => ({
  name: `${folder}-imports-only-from-its-left`,
  severity: "error",
  from: { path: `${trade}${folder}/` },
  to: { path: trade, pathNot: [folder, ...left].map((f) => `${trade}${f}/`).join("|") },
}));

module.exports = {
  forbidden: [
    ...folders,
    {
      name: "engine-knows-nothing-of-trading",
      severity: "error",
      from: { path: "^packages/(grad|trees)/" },
      to: { path: "^(packages/trade|apps|bench)/" },
    },
    {
      name: "venue-simulator-knows-nothing-of-orion",
      comment: "it speaks the venues' own protocols and is given bars as plain columns",
      severity: "error",
      from: { path: "^packages/venue-sim/" },
      to: { path: "^(packages/(trade|grad|trees)|apps|bench)/" },
    },
    {
      name: "venue-simulator-is-for-tests-and-the-command-line",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/venue-sim/|[.]test[.]ts$|/testing/" },
      to: { path: "^packages/venue-sim/" },
    },
    {
      name: "only-models-use-the-engine",
      comment: "grad and trees are reached through models/ alone",
      severity: "error",
      from: { path: trade, pathNot: `${trade}models/` },
      to: { path: "^packages/(grad|trees)/" },
    },
    {
      name: "dashboard-imports-only-wire",
      severity: "error",
      from: { path: "^apps/dashboard/" },
      to: { path: "^(packages|apps/(cli|server))/", pathNot: `${trade}(wire|core)/` },
    },
    {
      name: "packages-do-not-import-apps",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^apps/" },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "onnxruntime-has-one-home",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: "^packages/grad/src/runtime" },
      to: { path: "onnxruntime-node" },
    },
    {
      name: "foreign-functions-have-one-home",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: "^packages/trees/src/native/" },
      to: { path: "node_modules/koffi" },
    },
    {
      name: "sql-has-one-home",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: `${trade}store/` },
      to: { path: "node_modules/@duckdb" },
    },
    {
      name: "exchanges-have-one-home",
      severity: "error",
      from: {
        path: "^(packages|apps)/",
        // the simulator proves itself against the real clients
        pathNot: `${trade}(market/sources|execution/brokers)/|^packages/venue-sim/.*[.]test[.]ts$`,
      },
      to: { path: "node_modules/(ccxt|@alpacahq|@sudowealth|yahoo-finance2)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(/dist/|/node_modules/.*/node_modules/)" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ["source", "import", "types", "default"],
      exportsFields: ["exports"],
    },
  },
};
