import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { openExport } from "../../../node/operator/open-export.ts";
import { writeBackup } from "../../../node/operator/write-backup.ts";
import type { Export } from "../../../node/store/content/export.ts";
import { openLevel } from "../../../node/store/database.ts";
import { HISTORY, stateKey } from "../../../node/store/keys.ts";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { until } from "../../helpers/real-node.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";
import { backUp, chainOf, contentOf, DEPTH, filled, restoreBackup, runningNode, writesOf } from "./harness.ts";

const linesOf = async (path: string) =>
  zstdDecompressSync(await readFile(path))
    .toString()
    .trimEnd()
    .split("\n");

for (const finality of [{ kind: "instant" }, { kind: "depth", blocks: DEPTH }] as const) {
  test(`a backup with ${finality.kind} finality is as of the newest final block, with the hash of a fold up to there`, async (t) => {
    const folder = await temporaryFolder(t);
    const [directory, path] = [join(folder, "index"), join(folder, "backup")];
    const chain = chainOf(60);
    const network = chain.network(finality);
    await filled(directory, { chain, network });
    const { block, sum, contentHash } = await backUp(directory, path);

    const above = finality.kind === "instant" ? 0 : DEPTH;
    chain.lag = above;
    assert.deepEqual(block.hash, (await chain.header("latest"))?.hash);
    assert.equal(contentHash, await hashFromScratch(chain, network));
    const [header, ...events] = await linesOf(path);
    assert.deepEqual(JSON.parse(events.pop() ?? ""), { contentHash });
    assert.deepEqual(JSON.parse(header ?? "").sum, sum);
    // Each line is what a chain's server answers, with its block's time.
    const logs = await chain.logs({
      addresses: Object.values(JSON.parse(header ?? "").meta.registries),
      fromBlock: 0,
      toBlock: block.number,
    });
    assert.deepEqual(
      events.map((line) => JSON.parse(line)),
      logs.map((log) => ({
        ...log,
        blockNumber: `0x${log.blockNumber.toString(16)}`,
        logIndex: `0x${log.logIndex.toString(16)}`,
        blockTimestamp: `0x${chain.block(log.blockHash).time.toString(16)}`,
      })),
    );
    assert.equal(events.length, sum.events);
  });
}

test("a backup of a node that runs and goes on is the same as of one that was stopped at that block", async (t) => {
  const folder = await temporaryFolder(t);
  const directory = join(folder, "index");
  const chain = chainOf(61);
  const network = chain.network({ kind: "instant" });
  const node = await runningNode(t, directory, { network, readers: [chain] });
  await until(() => node.report().digest?.hash === chain.tip.hash);
  const history = await openExport(directory, "history");
  const at = chain.tip;
  for (let count = 61; count < 81; count++) chain.mine(writesOf(count));
  await until(() => node.report().digest?.hash === chain.tip.hash);
  await writeBackup({ history, path: join(folder, "running"), onProgress: () => {}, signal: t.signal });
  await history[Symbol.asyncDispose]();
  assert.equal(history.header.block.hash, at.hash);
  await node.stop();

  chain.lag = 20;
  await filled(join(folder, "other"), { chain, network });
  await backUp(join(folder, "other"), join(folder, "stopped"));
  assert.deepEqual(await linesOf(join(folder, "running")), await linesOf(join(folder, "stopped")));
});

test("the socket of a node is for its user alone, answers two questions, and goes with the node", async (t) => {
  const directory = join(await temporaryFolder(t), "index");
  const chain = chainOf(5);
  const node = await runningNode(t, directory, { network: chain.network(), readers: [chain] });
  const socketPath = join(directory, "operator.sock");
  assert.equal((await stat(socketPath)).mode & 0o777, 0o600);
  const others = [
    ["POST", "/content"],
    ["DELETE", "/history"],
    ["GET", "/content/tip"],
    ["GET", "/"],
  ] as const;
  for (const [method, path] of others) {
    assert.equal(await statusOf({ socketPath, method, path }), 404, `${method} ${path}`);
  }
  await node.stop();
  assert(!existsSync(socketPath));
});

test("a node that is stopped, or killed with its socket left, does not wait for who reads from it", async (t) => {
  const folder = await temporaryFolder(t);
  const directory = join(folder, "index");
  const chain = chainOf(200);
  const network = chain.network();
  await mkdir(directory);
  // What a process that was killed leaves.
  await writeFile(join(directory, "operator.sock"), "");
  const node = await runningNode(t, directory, { network, readers: [chain] });
  await until(() => node.report().digest?.hash === chain.tip.hash);
  const history = await openExport(directory, "history");
  await node.stop();
  const path = join(folder, "backup");
  await assert.rejects(writeBackup({ history: slowly(history), path, onProgress: () => {}, signal: t.signal }), {
    code: "UNAVAILABLE",
  });
  assert.deepEqual(await readdir(folder), ["index"]);
});

test("a node whose data directory has too long a path for a socket runs without one", async (t) => {
  const directory = join(await temporaryFolder(t), "x".repeat(100), "index");
  const chain = chainOf(5);
  const network = chain.network();
  const node = await runningNode(t, directory, { network, readers: [chain] });
  await until(() => node.report().digest?.hash === chain.tip.hash);
  await assert.rejects(openExport(directory, "history"), { code: "STORE_LOCKED" });
});

test("nothing is backed up that was not compared with the chain, and no file is ever replaced", async (t) => {
  const folder = await temporaryFolder(t);
  const [empty, unverified, good] = ["empty", "unverified", "good"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const path = join(folder, "backup");
  await assert.rejects(backUp(join(folder, "missing"), path), { code: "STORE_EMPTY" });
  assert(!existsSync(join(folder, "missing")));

  const chain = chainOf(30);
  for (let count = 0; count < 1_200; count++) chain.mine(); // more than is read at once
  const network = chain.network();
  const silent = faulty(chain, () => "down");
  await filledPart(empty, { network, reader: silent });
  await assert.rejects(backUp(empty, path), { code: "STORE_EMPTY" });
  // Logs are given, but not the state that they must fold to.
  await filledPart(unverified, { network, reader: faulty(chain, () => "no state") });
  await assert.rejects(backUp(unverified, path), { code: "STORE_UNVERIFIED" });

  await filled(good, { chain, network });
  await writeFile(path, "precious");
  await assert.rejects(backUp(good, path), { code: "BACKUP_EXISTS" });
  assert.equal(await readFile(path, "utf8"), "precious");
  await assert.rejects(backUp(good, join(folder, "no such folder", "backup")), { code: "BACKUP_NOT_WRITTEN" });
  assert.deepEqual((await readdir(folder)).sort(), ["backup", "empty", "good", "unverified"]);
});

test("a backup that is broken off, or of an index that lost an entry, leaves no file", async (t) => {
  const folder = await temporaryFolder(t);
  const directory = join(folder, "index");
  const chain = chainOf(60);
  const network = chain.network();
  await filled(directory, { chain, network });
  const path = join(folder, "backup");
  const aborting = new AbortController();
  const history = await openExport(directory, "history");
  const reason = new Error("enough");
  const onProgress = () => aborting.abort(reason);
  await assert.rejects(writeBackup({ history, path, onProgress, signal: aborting.signal }));
  await history[Symbol.asyncDispose]();

  const database = await openLevel(directory);
  const [[key] = [""]] = await database.iterator({ ...HISTORY, limit: 1 }).all();
  await database.close();
  await remove(directory, key);
  await assert.rejects(backUp(directory, path), { code: "BACKUP_NOT_WRITTEN" });
  assert.deepEqual(await readdir(folder), ["index"]);
});

test("an index that lost a state has a whole backup, from which the state comes back", async (t) => {
  const folder = await temporaryFolder(t);
  const [index, restored, path] = ["index", "restored", "backup"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const chain = chainOf(60);
  const network = chain.network();
  await filled(index, { chain, network });
  await remove(index, stateKey({ kind: "did", id: simulatedIdentity(1) }));
  const { contentHash } = await backUp(index, path);
  await restoreBackup({ path, directory: restored, network, reader: chain });
  assert.equal((await contentOf(restored, network))?.hash, contentHash);
});

/** Removes an entry of an index, as no node does. */
async function remove(directory: string, key: string): Promise<void> {
  await using database = await openLevel(directory);
  const batch = database.batch();
  batch.del(key);
  await batch.write({ sync: true });
}

/** An index that got as far as its chain let it. */
async function filledPart(directory: string, { network, reader }: { network: NetworkDescriptor; reader: ChainReader }) {
  const node = await SimulatedNode.start({ network, readers: [reader], database: await openLevel(directory) });
  await node.tick();
  await node.stop();
}

/** The same, after a while: what is under way meanwhile has come to its end. */
function slowly(history: Export): Export {
  async function* entries() {
    await new Promise((resolve) => setTimeout(resolve, 50));
    yield* history.entries;
  }
  return { ...history, entries: entries() };
}

async function statusOf(options: RequestOptions): Promise<number | undefined> {
  const asked = request(options);
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
