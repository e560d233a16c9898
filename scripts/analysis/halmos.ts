/**
 * Proves the checks of `contracts/test/symbolic/` with halmos; fails when a check is not proven, or has no witness. The
 * first argument selects one contract, the second one check by the beginning of its name.
 */
import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { writeFoundryArtifacts } from "./foundry-artifacts.ts";
import { complaints, halmosReport } from "./halmos-verdict.ts";
import { installPythonTool } from "./python-tool.ts";

const WORK = ".mapae/analysis/halmos";

const halmos = installPythonTool("halmos==0.3.3", "halmos");
const [only, name = "check_"] = process.argv.slice(2);
await rm(WORK, { recursive: true, force: true });
const contracts = await writeFoundryArtifacts(join(WORK, "out"));
const checks = contracts
  .filter(({ path }) => !only || path.endsWith(`:${only}`))
  .flatMap(({ path, functions }) =>
    functions.filter((one) => one.startsWith(name)).map((signature) => ({ contract: path, signature })),
  );
if (checks.length === 0) throw new Error(`There is no check ${name} of ${only ?? "any contract"}`);
const witnesses = await run("witnesses", { options: ["--early-exit"], environment: { WITNESS: "true" } });
const proofs = await run("proofs");
const wrong = complaints(checks, proofs, witnesses);
for (const complaint of wrong) console.error(complaint);
if (wrong.length > 0) process.exitCode = 1;
else console.log(`${checks.length} checks are proven, and each has a witness`);

/** One run over all checks. The output of halmos goes to a log; the results are in its report. */
async function run(kind: string, { options = [] as string[], environment = {} } = {}) {
  const folder = resolve(WORK, kind);
  const report = join(folder, "report.json");
  const log = join(WORK, kind, "log");
  await mkdir(folder, { recursive: true });
  console.log(`${kind}: see ${log}`);
  const output = openSync(log, "w");
  const { error, status } = spawnSync(
    halmos,
    [
      ...["--root", WORK, "--no-status", "--json-output", report],
      // Otherwise halmos would also run the invariants of the tests.
      ...["--function", name],
      ...(only ? ["--contract", only] : []),
      ...["--solver-command", join(import.meta.dirname, "bin", "solve")],
      ...["--solver-threads", "1", "--solver-timeout-branching", "20ms", "--solver-timeout-assertion", "900s"],
      ...options,
    ],
    {
      stdio: ["ignore", output, output],
      env: {
        ...process.env,
        ...environment,
        // The solvers that halmos brings from PyPI come first, before others on this machine.
        PATH: `${join(import.meta.dirname, "bin")}:${dirname(halmos)}:${process.env.PATH}`,
        // Folders in which halmos caches solvers, and leaves unsolved queries.
        HOME: folder,
        TMPDIR: folder,
      },
    },
  );
  if (error) throw error;
  const text = await readFile(report, "utf8").catch((cause: unknown) => {
    throw new Error(`halmos gave no report and ended with ${status}: see ${log}`, { cause });
  });
  return halmosReport.parse(JSON.parse(text));
}
