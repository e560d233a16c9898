import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";
import { until } from "../helpers/real-node.ts";
import { addProgram } from "../pages/shell.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} ends the checks of both lanes`, { timeout: 120_000 }, async (t) => {
    const folder = join(await temporaryFolder(t), "a checkout");
    const programs = join(folder, "programs");
    await mkdir(programs, { recursive: true });
    await cp(join(REPOSITORY, ".ci"), join(folder, ".ci"), { recursive: true });
    // Replaces npm: the first check passes, and each of the next two takes longer than this test.
    await addProgram(programs, "npm", `[ "$1" = test ] || { echo $$ >> "${folder}/pids"; exec sleep 600; }`);
    const run = spawn("bash", [".ci/run"], {
      cwd: folder,
      stdio: "ignore",
      env: { ...process.env, PATH: [programs, process.env.PATH].join(delimiter) },
    });
    const pids = async () => (await readFile(join(folder, "pids"), "utf8").catch(() => "")).split("\n").filter(Boolean);
    t.after(async () => {
      run.kill("SIGKILL");
      for (const pid of await pids()) if (runs(Number(pid))) process.kill(Number(pid), "SIGKILL");
    });
    await until(async () => (await pids()).length === 2);
    run.kill(signal);
    assert.deepEqual(await once(run, "exit"), [130, null]);
    for (const pid of await pids()) await until(async () => !runs(Number(pid)));
  });
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
