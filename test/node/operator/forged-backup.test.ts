import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { sealOf } from "../../../node/operator/backup-format.ts";
import { openLevel } from "../../../node/store/database.ts";
import { MapaeError } from "../../../resolver/errors.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";
import { backedUp, backUp, chainOf, contentOf, filled, restoreBackup } from "./harness.ts";

/** A backup with other lines, sealed as a real one is. */
async function rewrite(path: string, change: (lines: string[]) => string[]): Promise<Buffer> {
  const lines = zstdDecompressSync(await readFile(path))
    .toString()
    .trimEnd()
    .split("\n");
  const frame = zstdCompressSync(`${change(lines).join("\n")}\n`);
  return Buffer.concat([frame, sealOf(createHash("sha256").update(frame).digest())]);
}

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

test("a backup whose events name blocks that never were is refused, also when no content hash reveals it", async (t) => {
  const { folder, network, chain, path, directory } = await backedUp(t);
  const forged = join(folder, "forged");
  const setVersion = withHeader((header) => ({ ...header, meta: { ...header.meta, schemaVersion: 1 } }));
  const change = withEvent(5, (event) => ({ ...event, blockHash: `0x${"11".repeat(32)}` }));
  await writeFile(forged, await rewrite(path, (lines) => setVersion(change(lines))));
  await assert.rejects(restoreBackup({ path: forged, directory, network, reader: chain }), { code: "BACKUP_DAMAGED" });
  assert(!existsSync(directory));
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
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
  await node.stop();
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
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(honest, network));
  await node.stop();
});

test("a backup of another schema version is restored by its history alone", async (t) => {
  const { folder, network, chain, path, backup, directory } = await backedUp(t);
  const older = join(folder, "older");
  const change = (lines: string[]) => lines.with(-1, JSON.stringify({ contentHash: `0x${"11".repeat(32)}` }));
  const setVersion = withHeader((header) => ({ ...header, meta: { ...header.meta, schemaVersion: 1 } }));
  await writeFile(older, await rewrite(path, (lines) => setVersion(change(lines))));
  await restoreBackup({ path: older, directory, network, reader: chain });
  assert.equal((await contentOf(directory, network))?.hash, backup.contentHash);
});
