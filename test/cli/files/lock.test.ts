import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { inTurn, takeLock } from "../../../cli/files/lock.ts";
import { temporaryFolder } from "../harness.ts";

test("a lock is held by one process until it is released, and leaves no file", async (t) => {
  const folder = join(await temporaryFolder(t), "made");
  const path = join(folder, "lock");
  const lock = await takeLock(path);
  assert("release" in lock);
  assert.deepEqual(await takeLock(path), { owner: process.pid });
  assert.deepEqual(await readdir(folder), ["lock"]);
  await lock.release();
  assert.deepEqual(await readdir(folder), []);
  assert("release" in (await takeLock(path)));
});

test("a lock where no folder can be made is a wrong setup that names the file", async (t) => {
  const file = join(await temporaryFolder(t), "file");
  await writeFile(file, "");
  await assert.rejects(takeLock(join(file, "lock")), {
    code: "CONFIGURATION",
    message: /^Can't write .*file\/lock: E/,
  });
});

test("the lock of an exited process can be taken, and so can a lock file without an owner", async (t) => {
  const path = join(await temporaryFolder(t), "lock");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  for (const left of [`${pid} INODE\n`, "", "no number\n", "-1 INODE\n"]) {
    await writeFile(path, "");
    await writeFile(path, left.replace("INODE", String((await stat(path)).ino)));
    const lock = await takeLock(path);
    assert("release" in lock, JSON.stringify(left));
    await lock.release();
  }
});

test("when many processes find the lock of an exited one, exactly one gets it", async (t) => {
  const folder = await temporaryFolder(t);
  const { pid } = spawnSync(process.execPath, ["--version"]);
  for (let round = 0; round < 40; round++) {
    const path = join(folder, `lock-${round}`);
    await writeFile(path, "");
    await writeFile(path, `${pid} ${(await stat(path)).ino}\n`);
    const locks = await Promise.all(
      Array.from({ length: 6 }, async (_, at) => {
        for (let turns = at * (round % 8); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
        return takeLock(path);
      }),
    );
    assert.equal(locks.filter((lock) => "release" in lock).length, 1, `round ${round}`);
    assert.deepEqual(await takeLock(path), { owner: process.pid });
  }
  assert.equal((await readdir(folder)).length, 40);
});

test("a process that was killed while it took over a lock does not keep it from others", async (t) => {
  const path = join(await temporaryFolder(t), "lock");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  for (const name of [path, `${path}.turn`]) {
    await writeFile(name, "");
    await writeFile(name, `${pid} ${(await stat(name)).ino}\n`);
  }
  assert.deepEqual(await takeLock(path), { owner: undefined });
  assert("release" in (await takeLock(path)));
});

test("a lock that was copied with its folder is nobody's, while the original is held", async (t) => {
  const folder = await temporaryFolder(t);
  const [original, copy] = [join(folder, "original", "lock"), join(folder, "copy", "lock")];
  assert("release" in (await takeLock(original)));
  await cp(join(folder, "original"), join(folder, "copy"), { recursive: true });
  assert("release" in (await takeLock(copy)));
  assert.deepEqual(await takeLock(original), { owner: process.pid });
});

test("work is done one at a time, also after failed work", async (t) => {
  const path = join(await temporaryFolder(t), "lock");
  let [under, most, done] = [0, 0, 0];
  const work = async () => {
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 5));
    under--;
    if (++done === 2) throw new Error("it failed");
  };
  const ended = await Promise.allSettled(Array.from({ length: 5 }, () => inTurn(path, work)));
  assert.deepEqual([most, done], [1, 5]);
  assert.equal(ended.filter(({ status }) => status === "rejected").length, 1);
});

test("waiting for a lock ends at its signal", async (t) => {
  const path = join(await temporaryFolder(t), "lock");
  assert("release" in (await takeLock(path)));
  const waits = inTurn(path, () => assert.fail("it was not its turn"), AbortSignal.timeout(20));
  await assert.rejects(waits, { name: "AbortError" });
});
