import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { packPackage } from "../../scripts/package/build-package.ts";
import { REPOSITORY, temporaryFolder } from "../cli/harness.ts";

test("a package has the same bytes whether or not only the owner can read its files", async (t) => {
  const packed = [];
  for (const [file, program] of [
    [0o600, 0o700],
    [0o664, 0o775],
  ] as const) {
    const folder = await temporaryFolder(t);
    const built = join(folder, "a package");
    await mkdir(join(built, "lib"), { recursive: true });
    for (const name of ["package.json", "lib/index.js", "lib/run.sh"]) {
      await writeFile(join(built, name), '{ "name": "one", "version": "1.0.0", "files": ["lib"] }');
      await chmod(join(built, name), name.endsWith(".sh") ? program : file);
    }
    packed.push(await readFile(await packPackage(built, folder)));
  }
  const [one, other] = packed;
  assert(one !== undefined && other !== undefined && one.equals(other));
});

test("a release is not written into a folder with other files, which stay", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "precious"), "kept");
  const script = join(REPOSITORY, "scripts", "package", "release.ts");
  const run = spawnSync(process.execPath, [script, "--out", folder], { encoding: "utf8" });
  assert.equal(run.status, 1);
  assert.match(run.stderr, /has precious, which is no release: give an empty folder as --out/);
  assert.equal(await readFile(join(folder, "precious"), "utf8"), "kept");
});
