import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { readdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { restore } from "../../../node/operator/restore.ts";
import { CheckedDatabase } from "../../../node/store/checked-database.ts";
import { openLevel } from "../../../node/store/database.ts";
import { metaOf, writeMeta } from "../../../node/store/meta.ts";
import { IndexStore } from "../../../node/store/store.ts";
import type { MapaeError } from "../../../resolver/errors.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";
import { backedUp, backUp, contentOf, restoreBackup, runningNode } from "./harness.ts";

test("what an interrupted restore left is refused by a node, and replaced by the next restore", async (t) => {
  const { network, chain, path, backup, directory } = await backedUp(t);
  const database = await openLevel(directory);
  await IndexStore.open(database, network);
  await writeMeta(new CheckedDatabase(database), { ...metaOf(network), unfinished: "restore" });
  await database.close();
  await assert.rejects(runningNode(t, directory, { network, readers: [chain] }), { code: "STORE_UNFINISHED" });
  await assert.rejects(backUp(directory, `${path}.2`), { code: "STORE_UNFINISHED" });
  await restoreBackup({ path, directory, network, reader: chain });
  assert.equal((await contentOf(directory, network))?.hash, backup.contentHash);
});

test("until all of a backup was compared the directory says that it is not whole", async (t) => {
  const { folder, network, chain, path, directory } = await backedUp(t);
  const copy = join(folder, "copy");
  await restore({
    path,
    directory,
    network,
    reader: chain,
    // As a kill at this moment leaves it.
    onProgress: () => cpSync(directory, copy, { recursive: true }),
    signal: new AbortController().signal,
  });
  await assert.rejects(contentOf(copy, network), { code: "STORE_UNFINISHED" });
  await contentOf(directory, network);
});

test("a restore killed after any of its writes leaves what the next restore replaces, and what a node refuses or completes", async (t) => {
  const { folder, network, chain, path, backup, directory } = await backedUp(t);
  const open = join(folder, "open");
  await restore({
    path,
    directory,
    network,
    reader: chain,
    // With the journal of all writes but the last one: LevelDB leaves none when it is closed.
    onProgress: () => cpSync(directory, open, { recursive: true }),
    signal: new AbortController().signal,
  });
  const journal = (await readdir(open)).find((name) => name.endsWith(".log")) ?? "";
  const killed = [directory];
  for (const end of writesIn(await readFile(join(open, journal)))) {
    const copy = join(folder, `killed-${end}`);
    cpSync(open, copy, { recursive: true });
    await truncate(join(copy, journal), end);
    killed.push(copy);
  }
  const codes = new Set<string>();
  for (const copy of killed) {
    const refused = await backUp(copy, `${copy}-backup`).then(
      () => undefined,
      (error: MapaeError) => error.code,
    );
    codes.add(refused ?? "none");
    if (refused !== "STORE_UNFINISHED") {
      const started = `${copy}-started`;
      cpSync(copy, started, { recursive: true });
      const node = await SimulatedNode.start({ network, readers: [chain], database: await openLevel(started) });
      await node.settle();
      assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
      await node.stop();
    }
    await restoreBackup({ path, directory: copy, network, reader: chain });
    assert.equal((await contentOf(copy, network))?.hash, backup.contentHash);
  }
  assert.deepEqual([...codes], ["STORE_UNVERIFIED", "STORE_EMPTY", "STORE_UNFINISHED"]);
});

test("a restore that is broken off leaves nothing", async (t) => {
  const { network, chain, path, directory } = await backedUp(t);
  const aborting = new AbortController();
  const reason = new Error("enough");
  const onProgress = () => aborting.abort(reason);
  const broken = restore({ path, directory, network, reader: chain, onProgress, signal: aborting.signal });
  await assert.rejects(broken, reason);
  assert(!existsSync(directory));
});

/** Where each write in a journal of LevelDB ends: records of blocks of 32 KiB, each with its length and whether it is the last. */
function writesIn(journal: Buffer): number[] {
  const BLOCK = 32_768;
  const HEADER = 7;
  const LAST: readonly number[] = [1, 4];
  const ends = [0];
  for (let at = 0; at + HEADER <= journal.length; ) {
    const left = BLOCK - (at % BLOCK);
    if (left < HEADER) {
      at += left;
      continue;
    }
    const isLast = LAST.includes(journal.readUInt8(at + 6));
    at += HEADER + journal.readUInt16LE(at + 4);
    if (isLast) ends.push(at);
  }
  return ends;
}
