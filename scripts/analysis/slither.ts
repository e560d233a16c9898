/** Runs Slither on the contracts; fails on a high or medium finding without a waiver in `waivers.json`. */
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compilerInput } from "./compiler-input.ts";
import { installPythonTool } from "./python-tool.ts";
import { complaints, elementOf, slitherReport, waivers } from "./slither-findings.ts";

const WORK = ".mapae/analysis";
const PER_CONTRACT = ["abi", "metadata", "devdoc", "userdoc", "evm.bytecode", "evm.deployedBytecode"];

const slither = installPythonTool("slither-analyzer==0.11.6", "slither");
await mkdir(WORK, { recursive: true });
const input = join(WORK, "input.json");
const { settings, ...rest } = await compilerInput((path) => !path.startsWith("contracts/test/"));
const outputSelection = { "*": { "*": [...PER_CONTRACT, "evm.methodIdentifiers"], "": ["ast"] } };
await writeFile(input, JSON.stringify({ ...rest, settings: { ...settings, outputSelection } }));
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
else console.log(`no high or medium findings besides the ${waived.length} that waivers.json explains`);
