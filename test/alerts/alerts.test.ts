import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { installProgram } from "../../scripts/go-program.ts";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { PROMTOOL } from "./promtool.ts";

const RULES = join(REPOSITORY, "deploy", "prometheus");
const promtool = await installProgram(PROMTOOL);

/** Runs promtool on the rules and their tests in a folder. */
function run(folder: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(promtool, args, { cwd: folder, encoding: "utf8" });
}

test("Prometheus accepts the rules of the alerts", () => {
  const { status, stdout, stderr } = run(RULES, "check", "rules", "--lint-fatal", "alerts.yaml");
  assert.equal(status, 0, `${stdout}${stderr}`);
});

test("in Prometheus, each alert fires when its test says so, and not before", () => {
  const { status, stdout, stderr } = run(RULES, "test", "rules", "alerts.test.yaml");
  assert.equal(status, 0, `${stdout}${stderr}`);
});

test("an alert with another threshold than its test expects fails", async (t) => {
  const folder = await temporaryFolder(t);
  await cp(RULES, folder, { recursive: true });
  const rules = await readFile(join(folder, "alerts.yaml"), "utf8");
  const altered = rules.replace('mapae_lag_blocks{job="mapae"} > 30', 'mapae_lag_blocks{job="mapae"} > 3000');
  assert.notEqual(altered, rules);
  await writeFile(join(folder, "alerts.yaml"), altered);
  const { status, stdout, stderr } = run(folder, "test", "rules", "alerts.test.yaml");
  assert.equal(status, 1);
  assert.match(`${stdout}${stderr}`, /MapaeLagging/);
});
