/**
 * The arrows of the house: imports point one way, `resolver` <- `node`, `gate`, `web` <- `cli` <- `examples`, `scripts`, `test`. Checked by `npm run arrows`.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: "resolver-stands-alone",
      comment: "The library folds events for the node, for verifiers and offline: it imports npm packages only.",
      severity: "error",
      from: { path: "^resolver/" },
      to: { path: "^(node|gate|web|cli|scripts|test|contracts|artifacts)/|^hardhat\\.config" },
    },
    {
      name: "resolver-has-no-disk-and-no-server",
      comment: "The library runs in a browser too.",
      severity: "error",
      from: { path: "^resolver/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "resolver-needs-no-service-package",
      comment: "What serves or stores is the node's.",
      severity: "error",
      from: { path: "^resolver/" },
      to: { path: "^node_modules/(express|level|pino|commander|@prometheus-io|hardhat|@nomicfoundation)(/|$)" },
    },
    {
      name: "node-imports-resolver-only",
      comment: "The service knows nothing of the command line, of its siblings or of tests.",
      severity: "error",
      from: { path: "^node/" },
      to: {
        path: "^(gate|web|cli|scripts|test|artifacts)/|^hardhat\\.config|^node_modules/(hardhat|@nomicfoundation)(/|$)",
      },
    },
    {
      name: "gate-and-web-import-resolver-only",
      comment: "The offline verifier and the page stand on the library, not on the service or on each other.",
      severity: "error",
      from: { path: "^(gate|web)/" },
      to: { path: "^(node|cli|scripts|test|artifacts)/|^hardhat\\.config" },
    },
    {
      name: "gate-and-web-stand-apart",
      severity: "error",
      from: { path: "^(gate|web)/" },
      to: { path: "^(gate|web)/", pathNot: "^$1/" },
    },
    {
      name: "routes-never-see-the-store",
      comment: "HTTP routes see the LiveIndex interface, never LevelDB keys or the chain.",
      severity: "error",
      from: { path: "^node/http/" },
      to: { path: "^node/(store|chain)/|^resolver/chain/|^node_modules/(level|classic-level|abstract-level)(/|$)" },
    },
    {
      name: "only-the-store-knows-leveldb",
      comment:
        "Keys and encodings live in one place. The bench has peers: LevelDB as one would use it first. Who gives out indexes has a small one of its own, and so has a gate.",
      severity: "error",
      from: {
        path: "^(node|gate|cli|scripts)/",
        pathNot:
          "^(node/store/|node/issuing/index-allocator\\.ts$|gate/level-store\\.ts$|scripts/bench/(index/(bare|naive)|scale/(reads|express-server))\\.ts$)",
      },
      to: { path: "^node_modules/(level|classic-level)(/|$)" },
    },
    {
      name: "cli-never-imports-scripts-or-tests",
      comment: "The command line is installed; scripts/ and test/ stay in the repository.",
      severity: "error",
      from: { path: "^cli/" },
      to: { path: "^(scripts|test)/" },
    },
    {
      name: "scripts-never-import-tests",
      severity: "error",
      from: { path: "^scripts/" },
      to: { path: "^test/" },
    },
    {
      name: "what-ships-never-imports-examples",
      severity: "error",
      from: { path: "^(resolver|node|gate|web|cli|scripts)/" },
      to: { path: "^examples/" },
    },
    {
      name: "examples-stand-on-the-library",
      comment:
        "A part of an example is what an issuer or a verifier could start from: the library, the gate, index allocator and key files, HTTP.",
      severity: "error",
      from: { path: "^examples/[^/]+/.+/" },
      to: { path: "^(node/(?!issuing/)|(web|cli|scripts|test)/)" },
    },
    {
      name: "examples-never-import-scripts-or-tests",
      comment: "What starts all parts may use the command line's local network.",
      severity: "error",
      from: { path: "^examples/" },
      to: { path: "^(scripts|test)/" },
    },
    {
      name: "no-circles",
      severity: "error",
      from: { path: "^(resolver|node|gate|web|cli|examples|scripts)/" },
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nothing imports is dead, unless it is where a program starts.",
      severity: "error",
      from: { orphan: true, path: "^(resolver|node|gate|web|cli)/" },
      to: {},
    },
    {
      name: "runtime-needs-no-dev-dependency",
      comment: "An operator installs without development packages.",
      severity: "error",
      from: { path: "^(resolver|node|gate|cli)/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "page-bundles-lit-and-qr-alone",
      comment: "The page is installed as it was built: both are in it, and have lines in the bill of materials.",
      severity: "error",
      from: { path: "^web/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "^node_modules/(lit|qr)(/|$)" },
    },
    {
      name: "all-packages-are-declared",
      severity: "error",
      from: { path: "^(resolver|node|gate|web|cli|scripts|test)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
