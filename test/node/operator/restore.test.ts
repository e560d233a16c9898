import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync } from "node:fs";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { sealOf } from "../../../node/operator/backup-format.ts";
import { restore } from "../../../node/operator/restore.ts";
import { CheckedDatabase } from "../../../node/store/checked-database.ts";
import { openLevel } from "../../../node/store/database.ts";
import { metaOf, writeMeta } from "../../../node/store/meta.ts";
import { IndexStore } from "../../../node/store/store.ts";
import { MapaeError } from "../../../resolver/errors.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { type ChainSimulator, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { until } from "../../helpers/real-node.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";
import { backUp, chainOf, contentOf, filled, restoreBackup, runningNode, writesOf } from "./harness.ts";

/** A chain, the backup of an index that followed it, and a directory to restore into. */
async function backedUp(t: TestContext, { blocks = 60, finality = undefined as { kind: "instant" } | undefined } = {}) {
  const folder = await temporaryFolder(t);
  const chain = chainOf(blocks);
  const network = chain.network(finality);
  await filled(join(folder, "index"), { chain, network });
  const path = join(folder, "backup");
  const backup = await backUp(join(folder, "index"), path);
  return { folder, chain, network, path, backup, directory: join(folder, "restored") };
}

/** A backup with other lines, sealed as a real one is. */
async function rewrite(path: string, change: (lines: string[]) => string[]): Promise<Buffer> {
  const lines = zstdDecompressSync(await readFile(path))
    .toString()
    .trimEnd()
    .split("\n");
  const frame = zstdCompressSync(`${change(lines).join("\n")}\n`);
  return Buffer.concat([frame, sealOf(createHash("sha256").update(frame).digest())]);
}

test("a restored index holds what the backed up one held, goes on following, and equals a fold from scratch", async (t) => {
  const { chain, network, path, backup, directory } = await backedUp(t);
  for (let count = 60; count < 400; count++) chain.mine(writesOf(count)); // further behind than is followed block by block
  assert.equal((await restoreBackup({ path, directory, network, reader: chain })).notCompared, undefined);
  assert.deepEqual(await contentOf(directory, network), { block: backup.block.number, hash: backup.contentHash });

  const node = await SimulatedNode.start({ network, readers: [chain], database: await openLevel(directory) });
  await node.settle();
  assert.equal((await node.store.contentHash())?.hash, await hashFromScratch(chain, network));
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

test("a backup of a history that never was is never served, however well it is made", async (t) => {
  // Its blocks have the same hashes: only what is in them differs.
  const folder = await temporaryFolder(t);
  const [forged, honest] = [chainOf(60), chainOf(60)];
  forged.mine([{ do: "deactivate", identity: 0 }]);
  honest.mine([{ do: "owner", identity: 0, value: 1 }]);
  const network = honest.network({ kind: "instant" });
  await filled(join(folder, "index"), { chain: forged, network });
  await backUp(join(folder, "index"), join(folder, "backup"));
  const directory = join(folder, "restored");
  const restored = await restoreBackup({ path: join(folder, "backup"), directory, network, reader: honest });
  assert.equal(restored.notCompared, undefined);

  const node = await SimulatedNode.start({ network, readers: [honest], database: await openLevel(directory) });
  const deactivated = () => node.index.state("did", simulatedIdentity(0))?.deactivated ?? null;
  for (let ticks = 0; ticks < 20; ticks++) {
    assert.equal(deactivated(), null);
    await node.tick();
  }
  assert.equal(node.progress.state().kind, "following");
  assert.equal((await node.store.contentHash())?.hash, await hashFromScratch(honest, network));
  await node.stop();
});

test("a backup whose block has another time is never served, though the chain could not be asked when it was restored", async (t) => {
  const { folder, chain, network, path, directory } = await backedUp(t, { finality: { kind: "instant" } });
  const forged = join(folder, "forged");
  const late = withHeader((header) => ({ ...header, block: { ...header.block, time: 253_402_300_000 } }));
  await writeFile(forged, await rewrite(path, late));
  const down = faulty(chain, () => "down");
  await restoreBackup({ path: forged, directory, network, reader: down });
  const node = await SimulatedNode.start({ network, readers: [chain], database: await openLevel(directory) });
  for (let ticks = 0; ticks < 20; ticks++) {
    assert.notEqual(node.index.asOf()?.time, 253_402_300_000);
    await node.tick();
  }
  assert.equal(node.progress.state().kind, "following");
  assert.equal(node.index.asOf()?.time, chain.tip.time);
  assert.equal((await node.store.contentHash())?.hash, await hashFromScratch(chain, network));
  await node.stop();
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

const withHeader = (
  change: (header: { block: object; sum: object; meta: object } & Record<string, unknown>) => object,
) => {
  return ([header = "", ...rest]: string[]) => [JSON.stringify(change(JSON.parse(header))), ...rest];
};
const withEvent = (at: number, change: (event: Record<string, string>) => object) => {
  return (lines: string[]) => lines.with(at, JSON.stringify(change(JSON.parse(lines.at(at) ?? ""))));
};
const FORGERIES: Record<string, { change: (lines: string[]) => string[]; code?: string }> = {
  "an event is left out": { change: (lines) => lines.toSpliced(20, 1) },
  "the last event is left out": { change: (lines) => lines.toSpliced(-2, 1) },
  "an event is there twice": { change: (lines) => lines.toSpliced(20, 0, lines[20] ?? "") },
  "two events are swapped": { change: (lines) => lines.with(20, lines[21] ?? "").with(21, lines[20] ?? "") },
  "an event's time is another": { change: withEvent(5, (event) => ({ ...event, blockTimestamp: "0x1" })) },
  "an event has no time": { change: withEvent(5, ({ blockTimestamp, ...event }) => event) },
  "an event's data is another": {
    change: withEvent(5, (event) => ({ ...event, data: `${event.data?.slice(0, -1)}f` })),
  },
  "an event's data is cut": { change: withEvent(5, (event) => ({ ...event, data: event.data?.slice(0, 66) })) },
  "an event is of another contract": {
    change: withEvent(5, (event) => ({ ...event, address: `0x${"99".repeat(20)}` })),
  },
  "an event is above the block": { change: withEvent(-2, (event) => ({ ...event, blockNumber: "0xfffff" })) },
  "an event is no log": { change: (lines) => lines.with(5, "[]") },
  "a line is no JSON": { change: (lines) => lines.with(5, "{") },
  "a line is longer than any event": { change: (lines) => lines.with(5, "1".repeat(2_000_000)) },
  "there is no end": { change: (lines) => lines.slice(0, -1) },
  "it goes on after its end": { change: (lines) => [...lines, lines.at(-1) ?? ""] },
  "the content hash is another": {
    change: (lines) => lines.with(-1, JSON.stringify({ contentHash: `0x${"11".repeat(32)}` })),
  },
  "a count is another": { change: withHeader((header) => ({ ...header, sum: { ...header.sum, words: 1 } })) },
  "a root is another": {
    change: withHeader((header) => ({
      ...header,
      sum: {
        ...header.sum,
        roots: { did: `0x${"11".repeat(32)}`, trust: `0x${"11".repeat(32)}`, status: `0x${"11".repeat(32)}` },
      },
    })),
  },
  "the block's time is another": {
    change: withHeader((header) => ({ ...header, block: { ...header.block, time: 253_402_300_000 } })),
  },
  "the block is of another branch": {
    change: withHeader((header) => ({ ...header, block: { ...header.block, hash: `0x${"11".repeat(32)}` } })),
    code: "NETWORK_MISMATCH",
  },
  "it is another network's": {
    change: withHeader((header) => ({ ...header, meta: { ...header.meta, chainId: 7 } })),
    code: "NETWORK_MISMATCH",
  },
  "its format is of a later version": {
    change: withHeader((header) => ({ ...header, version: 2 })),
    code: "BACKUP_FOREIGN",
  },
  "it is some other file of lines": { change: () => ["hello", "world"], code: "BACKUP_DAMAGED" },
  "it is empty": { change: () => [], code: "BACKUP_DAMAGED" },
};

for (const [what, { change, code = "BACKUP_DAMAGED" }] of Object.entries(FORGERIES)) {
  test(`a backup with a good digest in which ${what} is ${code}, and nothing is left behind`, async (t) => {
    const { folder, network, chain, path, directory } = await backedUp(t, { blocks: 30 });
    const forged = join(folder, "forged");
    await writeFile(forged, await rewrite(path, change));
    await assert.rejects(restoreBackup({ path: forged, directory, network, reader: chain }), (error: unknown) => {
      assert(error instanceof MapaeError, String(error));
      assert.equal(error.code, code, error.message);
      return true;
    });
    assert(!existsSync(directory));
  });
}

test("a backup of another schema version is restored by its history alone", async (t) => {
  const { folder, network, chain, path, backup, directory } = await backedUp(t);
  const older = join(folder, "older");
  const change = (lines: string[]) => lines.with(-1, JSON.stringify({ contentHash: `0x${"11".repeat(32)}` }));
  const setVersion = withHeader((header) => ({ ...header, meta: { ...header.meta, schemaVersion: 1 } }));
  await writeFile(older, await rewrite(path, (lines) => setVersion(change(lines))));
  await restoreBackup({ path: older, directory, network, reader: chain });
  assert.equal((await contentOf(directory, network))?.hash, backup.contentHash);
});

test("a backup whose events name blocks that never were is refused, also when no content hash reveals it", async (t) => {
  const { folder, network, chain, path, directory } = await backedUp(t);
  const forged = join(folder, "forged");
  const setVersion = withHeader((header) => ({ ...header, meta: { ...header.meta, schemaVersion: 1 } }));
  const change = withEvent(5, (event) => ({ ...event, blockHash: `0x${"11".repeat(32)}` }));
  await writeFile(forged, await rewrite(path, (lines) => setVersion(change(lines))));
  await assert.rejects(restoreBackup({ path: forged, directory, network, reader: chain }), { code: "BACKUP_DAMAGED" });
  assert(!existsSync(directory));
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
      assert.equal((await node.store.contentHash())?.hash, await hashFromScratch(chain, network));
      await node.stop();
    }
    await restoreBackup({ path, directory: copy, network, reader: chain });
    assert.equal((await contentOf(copy, network))?.hash, backup.contentHash);
  }
  assert.deepEqual([...codes], ["STORE_UNVERIFIED", "STORE_EMPTY", "STORE_UNFINISHED"]);
});

test("an index that a node compared with the chain is never replaced by a restore", async (t) => {
  const { folder, network, chain, path } = await backedUp(t);
  const again = restoreBackup({ path, directory: join(folder, "index"), network, reader: chain });
  await assert.rejects(again, { code: "STORE_NOT_EMPTY" });
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
