import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { failover } from "../../../node/chain/servers/failover.ts";
import { rebuild } from "../../../node/operator/rebuild.ts";
import { systemClock } from "../../../node/runtime/clock.ts";
import { withChecksum } from "../../../node/store/checked-database.ts";
import { openLevel } from "../../../node/store/database.ts";
import { META_KEY, stateKey } from "../../../node/store/keys.ts";
import { metaOf } from "../../../node/store/meta.ts";
import { json } from "../../../node/store/records/codec.ts";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { verifyNetwork } from "../../../resolver/chain/verify-network.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { hashFromScratch } from "../../helpers/simulated-node.ts";
import { chainOf, contentOf, filled, runningNode } from "./harness.ts";

async function filledIndex(t: TestContext) {
  const folder = await temporaryFolder(t);
  const directory = join(folder, "index");
  const chain = chainOf(60);
  const network = chain.network();
  await filled(directory, { chain, network });
  return { folder, directory, chain, network };
}

interface Options {
  readonly network: NetworkDescriptor;
  readonly reader: ChainReader;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

function run(directory: string, { network, reader, signal, onProgress = () => {} }: Options) {
  return rebuild({
    directory,
    network,
    reader: failover({
      readers: [reader],
      verify: (one) => verifyNetwork(one, network),
      now: systemClock.monotonic,
      time: systemClock.now,
      random: () => 0,
    }),
    clock: systemClock,
    random: () => 0,
    logger: pino({ level: "silent" }),
    onProgress,
    signal: signal ?? new AbortController().signal,
  });
}

test("a rebuilt index is what the chain holds, whatever the former one held", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  const database = await openLevel(directory);
  const batch = database.batch();
  const key = stateKey({ kind: "did", id: simulatedIdentity(0) });
  batch.put(key, withChecksum(key, "00"));
  await batch.write({ sync: true });
  await database.close();
  const seen: number[] = [];
  const tip = await run(directory, { network, reader: chain, onProgress: (_, total) => seen.push(total) });
  assert.equal(tip.hash, chain.tip.hash);
  assert.equal(seen.at(-1), chain.tip.number);
  assert.deepEqual(await contentOf(directory, network), {
    block: tip.number,
    hash: await hashFromScratch(chain, network),
  });
});

test("an index of any version of this network is rebuilt, and where there is none one is made", async (t) => {
  const { folder, directory, chain, network } = await filledIndex(t);
  const database = await openLevel(directory);
  const batch = database.batch();
  const { registries, ...meta } = metaOf(network);
  const older = { ...meta, registries: { did: registries.did }, schemaVersion: 1 };
  batch.put(META_KEY, withChecksum(META_KEY, json<unknown>().write(older)));
  await batch.write({ sync: true });
  await database.close();
  for (const place of [directory, join(folder, "new")]) {
    await run(place, { network, reader: chain });
    assert.equal((await contentOf(place, network))?.hash, await hashFromScratch(chain, network));
  }
});

test("nothing is removed when the chain can't be asked, is another one, or a node has the directory open", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  const before = await contentOf(directory, network);
  await assert.rejects(run(directory, { network, reader: faulty(chain, () => "down") }), { code: "UNAVAILABLE" });
  await assert.rejects(run(directory, { network, reader: chainOf(5, { salt: 2 }) }), { code: "NETWORK_MISMATCH" });
  const node = await runningNode(t, directory, { network, readers: [faulty(chain, () => "down")] });
  await assert.rejects(run(directory, { network, reader: chain }), { code: "STORE_LOCKED" });
  await node.stop();
  assert.deepEqual(await contentOf(directory, network), before);
});

test("what is not this network's index is never removed", async (t) => {
  const { folder, directory, chain, network } = await filledIndex(t);
  const other = chainOf(5, { salt: 2 });
  await assert.rejects(run(directory, { network: other.network(), reader: other }), { code: "NETWORK_MISMATCH" });
  assert.equal((await contentOf(directory, network))?.hash, await hashFromScratch(chain, network));

  const foreign = join(folder, "foreign");
  const database = await openLevel(foreign);
  const batch = database.batch();
  batch.put("aa", "bb");
  await batch.write({ sync: true });
  await database.close();
  await assert.rejects(run(foreign, { network, reader: chain }), { code: "STORE_CORRUPT" });
  const again = await openLevel(foreign);
  assert.equal(again.getSync("aa"), "bb");
  await again.close();
});

test("files of others in the directory are left there", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  await writeFile(join(directory, "notes.txt"), "precious");
  await run(directory, { network, reader: chain });
  assert((await readdir(directory)).includes("notes.txt"));
});

test("a rebuild that is broken off is gone on with by a node", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  const aborting = new AbortController();
  const reason = new Error("enough");
  await assert.rejects(
    run(directory, { network, reader: chain, signal: aborting.signal, onProgress: () => aborting.abort(reason) }),
    reason,
  );
  await filled(directory, { chain, network });
  assert.equal((await contentOf(directory, network))?.hash, await hashFromScratch(chain, network));
});
