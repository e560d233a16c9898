import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openLevel } from "../../../node/store/database.ts";
import { type ChainSimulator, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { until } from "../../helpers/real-node.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";
import { backedUp, chainOf, contentOf, restoreBackup, runningNode, writesOf } from "./harness.ts";

test("a restored index holds what the backed up one held, goes on following, and equals a fold from scratch", async (t) => {
  const { chain, network, path, backup, directory } = await backedUp(t);
  for (let count = 60; count < 400; count++) chain.mine(writesOf(count)); // further behind than is followed block by block
  assert.equal((await restoreBackup({ path, directory, network, reader: chain })).notCompared, undefined);
  assert.deepEqual(await contentOf(directory, network), { block: backup.block.number, hash: backup.contentHash });

  const node = await SimulatedNode.start({ network, readers: [chain], database: await openLevel(directory) });
  await node.settle();
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
  await node.stop();
});

test("a restored node serves nothing before its roots are equal to the chain's, and then at once, on a chain at rest", async (t) => {
  const { chain, network, path, directory } = await backedUp(t, { finality: { kind: "instant" } });
  let fault: Fault | undefined = "down";
  const reader = faulty(chain, () => fault);
  const { notCompared } = await restoreBackup({ path, directory, network, reader });
  assert.match(notCompared ?? "", /does not answer/);

  const node = await runningNode(t, directory, { network, readers: [reader] });
  const did = `${node.url}/1.0/identifiers/did:mapae:local:${simulatedIdentity(0)}`;
  await until(() => node.report().state.kind === "connecting");
  assert.equal((await fetch(did)).status, 503);
  fault = "no state";
  await until(() => node.report().head === chain.tip.number);
  assert.equal((await fetch(did)).status, 503);
  fault = undefined;
  await until(() => node.report().state.kind === "following");
  assert.equal((await fetch(did)).status, 200);
  assert.deepEqual(node.report().digest?.roots, chain.roots);
});

test("a file that is cut or altered anywhere is refused by name, and nothing is left behind", async (t) => {
  const { folder, network, chain, path, directory } = await backedUp(t);
  const bytes = await readFile(path);
  const damaged = join(folder, "damaged");
  const step = Math.max(1, Math.floor(bytes.length / 150));
  const offsets = [...new Set([0, 1, 2, 3, 4, 5, 6, ...Array.from({ length: 50 }, (_, at) => bytes.length - 1 - at)])];
  for (let at = 7; at < bytes.length; at += step) offsets.push(at);
  for (const at of offsets) {
    for (const damage of [bytes.subarray(0, at), flipped(bytes, at)]) {
      await writeFile(damaged, damage);
      const isForeign = at < 4;
      await assert.rejects(
        restoreBackup({ path: damaged, directory, network, reader: chain }),
        { code: isForeign ? "BACKUP_FOREIGN" : "BACKUP_DAMAGED" },
        `at ${at} of ${bytes.length}`,
      );
      assert(!existsSync(directory));
    }
  }
  await writeFile(damaged, Buffer.concat([bytes, Buffer.from([0])]));
  await assert.rejects(restoreBackup({ path: damaged, directory, network, reader: chain }), { code: "BACKUP_DAMAGED" });
  await assert.rejects(restoreBackup({ path: folder, directory, network, reader: chain }), { code: "BACKUP_NOT_READ" });
});

test("a backup is restored into an empty directory only; what is there stays as it is", async (t) => {
  const { folder, network, chain, path, backup, directory } = await backedUp(t);
  const reader = chain;
  const index = join(folder, "index");
  const before = await contentOf(index, network);
  await assert.rejects(restoreBackup({ path, directory: index, network, reader }), { code: "STORE_NOT_EMPTY" });
  assert.deepEqual(await contentOf(index, network), before);

  const somebodys = join(folder, "somebodys");
  await mkdir(somebodys);
  await writeFile(join(somebodys, "thesis.txt"), "precious");
  await assert.rejects(restoreBackup({ path, directory: somebodys, network, reader }), { code: "STORE_NOT_EMPTY" });
  assert.deepEqual(await readdir(somebodys), ["thesis.txt"]);

  const foreign = join(folder, "foreign");
  const database = await openLevel(foreign);
  const batch = database.batch();
  batch.put("aa", "bb");
  await batch.write({ sync: true });
  await database.close();
  await assert.rejects(restoreBackup({ path, directory: foreign, network, reader }), { code: "STORE_CORRUPT" });
  assert.equal(await valueIn(foreign, "aa"), "bb");

  await mkdir(directory);
  await restoreBackup({ path, directory, network, reader });
  assert.equal((await contentOf(directory, network))?.hash, backup.contentHash);
});

test("an index that a node compared with the chain is never replaced by a restore", async (t) => {
  const { folder, network, chain, path } = await backedUp(t);
  const again = restoreBackup({ path, directory: join(folder, "index"), network, reader: chain });
  await assert.rejects(again, { code: "STORE_NOT_EMPTY" });
});

test("another network's chain is never restored from, or compared with", async (t) => {
  const { chain, path, directory, network } = await backedUp(t);
  const other = chainOf(60, { salt: 2 });
  const mismatch = { code: "NETWORK_MISMATCH" };
  await assert.rejects(restoreBackup({ path, directory, network: other.network(), reader: other }), mismatch);
  await assert.rejects(restoreBackup({ path, directory, network, reader: other }), mismatch);
  chain.dropBlocks(30);
  for (let count = 0; count < 40; count++) (chain as ChainSimulator).mine();
  await assert.rejects(restoreBackup({ path, directory, network, reader: chain }), mismatch);
  assert(!existsSync(directory));
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(bytes.readUInt8(at) ^ 0x20, at);
  return copy;
}

async function valueIn(directory: string, key: string): Promise<string | undefined> {
  const database = await openLevel(directory);
  try {
    return database.getSync(key);
  } finally {
    await database.close();
  }
}
