import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { GETH_VERSION, installGeth } from "../../scripts/rehearsal/geth.ts";
import { temporaryFolder } from "../cli/harness.ts";

const silent = () => {};

test("without Go, the error names the needed version and what to do", async (t) => {
  const folder = await temporaryFolder(t);
  await assert.rejects(installGeth({ folder, env: { PATH: folder }, say: silent }), (error: Error) => {
    assert.equal((error as Error & { code?: string }).code, "GO_MISSING");
    assert.match(error.message, /wanted Go 1\.23 or newer.*npm run test:chain/);
    return true;
  });
});

test("a failed build is GO_BUILD with Go's output", async (t) => {
  const folder = await temporaryFolder(t);
  const env = { ...process.env, GOMODCACHE: join(folder, "modules"), GOPROXY: "off", GOFLAGS: "" };
  await assert.rejects(installGeth({ folder, env, say: silent }), { code: "GO_BUILD", message: /GOPROXY=off/ });
});

test("a program of another version, or one that does not run, is not taken for geth", async (t) => {
  const folder = await temporaryFolder(t);
  for (const script of ["#!/bin/sh\necho 'Version: 1.13.14-stable'\n", "broken off"]) {
    await writeFile(join(folder, "geth"), script, { mode: 0o755 });
    await assert.rejects(installGeth({ folder, env: { PATH: folder }, say: silent }), { code: "GO_MISSING" });
  }
});

test("geth is built only once, in the pinned version", async () => {
  const said: string[] = [];
  const binary = await installGeth({ env: {}, say: (line) => said.push(line) });
  assert.deepEqual(said, []);
  const { stdout } = await promisify(execFile)(binary, ["version"]);
  assert.match(stdout, new RegExp(`^Version: ${GETH_VERSION}-stable$`, "m"));
});
