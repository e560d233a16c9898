import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

function model(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
}

test("through 200 histories of 200 steps each, with forks, faults, restarts and outages, a node's content equals a fold from scratch", () => {
  const { status, stdout, stderr } = model("--seeds", "200");
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^200 histories equalled a fold from scratch/m);
});

test("an invalid seed is refused with its name", () => {
  const { status, stderr } = model("--seed", "one");
  assert.equal(status, 2);
  assert.match(stderr, /Wanted .*--seed.*one/);
});
