import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { writeNewKey, writeWhole } from "../../../cli/files/files.ts";
import { errorOf, mapae, temporaryFolder } from "../harness.ts";

for (const command of ["key new", "signer new --operator tax"]) {
  test(`of two calls of ${command} for one file at the same time, one is refused and the other's key is there`, async (t) => {
    const folder = await temporaryFolder(t);
    const [path, password] = [join(folder, "key"), join(folder, "password")];
    await writeFile(password, "correct horse", { mode: 0o600 });
    const env = { MAPAE_KEYSTORE_PASSWORD_FILE: password, MAPAE_SIGNER_PASSWORD_FILE: password };
    const [name = "", verb = "", ...options] = command.split(" ");
    const make = () => mapae([name, verb, path, ...options, "--json"], env);
    const outcomes = await Promise.all([make(), make()]);
    const [made] = outcomes.filter(({ code }) => code === 0);
    const [other] = outcomes.filter(({ code }) => code !== 0);
    assert(made && other);
    assert.equal(errorOf(other).code, "ALREADY_EXISTS");
    const show = name === "key" ? ["key", "show", "--keystore", path] : ["signer", "show", path];
    const { stdout } = await mapae([...show, "--json"], env);
    const { keystore: _, file: __, ...key } = JSON.parse(made.stdout);
    const { file: ___, ...found } = JSON.parse(stdout);
    assert.deepEqual(found, key);
  });
}

test("a new key is for its owner alone, never replaces a file, and leaves nothing where it can't be written", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "made", "key");
  await writeNewKey(path, "secret");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await assert.rejects(writeNewKey(path, "other"), { code: "ALREADY_EXISTS" });
  assert.equal(await readFile(path, "utf8"), "secret");
  await assert.rejects(writeNewKey(join(path, "below"), "other"), { code: "CONFIGURATION" });
  assert.deepEqual(await readdir(join(folder, "made")), ["key"]);
});

test("a file that can't be written leaves nothing beside it, and the former content as it was", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "taken", "full"), { recursive: true });
  await assert.rejects(writeWhole(join(folder, "taken"), "text"), { code: "CONFIGURATION", message: /Can't write/ });
  assert.deepEqual(await readdir(folder), ["taken"]);
  await writeWhole(join(folder, "bytes"), Uint8Array.of(1, 2));
  assert.deepEqual([...(await readFile(join(folder, "bytes")))], [1, 2]);
});

test("a link stays when what it leads to is replaced, and a folder or a pipe is never replaced by a file", async (t) => {
  const folder = await temporaryFolder(t);
  const [real, link, pipe] = ["real", "link", "pipe"].map((name) => join(folder, name)) as [string, string, string];
  await writeFile(real, "old");
  await symlink("real", link);
  await writeWhole(link, "new");
  assert.equal(await readFile(real, "utf8"), "new");
  assert.ok((await lstat(link)).isSymbolicLink());
  execFileSync("mkfifo", [pipe]);
  await assert.rejects(writeWhole(pipe, "text"), {
    code: "CONFIGURATION",
    message: /is a device or a pipe: name a file/,
  });
  await assert.rejects(writeWhole(folder, "text"), { code: "CONFIGURATION", message: /is a folder: name a file/ });
  assert.ok((await stat(pipe)).isFIFO());
  assert.deepEqual((await readdir(folder)).toSorted(), ["link", "pipe", "real"]);
});
