/** Runs Slither on the contracts; fails on a high or medium finding that `waivers.json` does not name. */
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { installPythonTool } from "./python-tool.ts";
import { complaints, elementOf, slitherReport, waivers } from "./slither-findings.ts";

const BUILD_INFO = "artifacts/build-info";
const WORK = ".mapae/analysis";

const buildInfo = z.object({
  input: z.object({
    language: z.string(),
    sources: z.record(z.string(), z.unknown()),
    settings: z.looseObject({}),
  }),
});

const slither = installPythonTool("slither-analyzer==0.11.6", "slither");
await mkdir(WORK, { recursive: true });
const input = join(WORK, "input.json");
await writeFile(input, JSON.stringify(await compilerInput()));
const run = spawnSync(
  slither,
  [
    input,
    ...["--compile-force-framework", "Solc-json", "--solc", "scripts/analysis/solc.mjs"],
    ...["--filter-paths", "node_modules", "--json", "-"],
  ],
  { encoding: "utf8", maxBuffer: 64 * 2 ** 20 },
);
if (!run.stdout) throw new Error(`slither gave no report: ${run.stderr || run.error?.message}`);
await writeFile(join(WORK, "slither.json"), run.stdout);
const report = slitherReport.parse(JSON.parse(run.stdout));
const waived = waivers.parse(JSON.parse(await readFile(join(import.meta.dirname, "waivers.json"), "utf8")));
const wrong = complaints(report, waived);
for (const complaint of wrong) console.error(complaint);
for (const finding of report.results.detectors) {
  if (finding.impact === "Low") console.log(`Low ${finding.check}: ${elementOf(finding)}`);
}
if (wrong.length > 0) process.exitCode = 1;
else console.log(`no high or medium finding but the ${waived.length} that waivers.json explains`);

/**
 * What Hardhat compiles, less the tests; its names of sources become paths, because Slither looks for the files. After
 * a partial build Hardhat keeps several builds; all of them together have every source.
 */
async function compilerInput() {
  const files = (await readdir(BUILD_INFO)).filter((file) => /^solc-[^.]*\.json$/.test(file));
  const builds = await Promise.all(
    files.map(async (file) => buildInfo.parse(JSON.parse(await readFile(join(BUILD_INFO, file), "utf8"))).input),
  );
  const [first] = builds;
  if (!first) throw new Error(`${BUILD_INFO} is empty: run "hardhat build" first`);
  const { language, settings } = first;
  const sources = new Map<string, unknown>();
  for (const [name, source] of builds.flatMap((build) => Object.entries(build.sources))) {
    if (name.startsWith("project/contracts/test/")) continue;
    const path = name.replace(/^project\//, "").replace(/^npm\/(@?[^@]+)@[^/]+/, "node_modules/$1");
    if (sources.has(path) && !isDeepStrictEqual(sources.get(path), source)) {
      throw new Error(`two builds differ in ${path}: run "hardhat clean" and "hardhat build"`);
    }
    sources.set(path, source);
  }
  const perContract = ["abi", "metadata", "devdoc", "userdoc", "evm.bytecode", "evm.deployedBytecode"];
  return {
    language,
    sources: Object.fromEntries(sources),
    settings: {
      ...settings,
      remappings: ["@openzeppelin/contracts/=node_modules/@openzeppelin/contracts/"],
      outputSelection: { "*": { "*": [...perContract, "evm.methodIdentifiers"], "": ["ast"] } },
    },
  };
}
