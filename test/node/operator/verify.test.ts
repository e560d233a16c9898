import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openExport } from "../../../node/operator/open-export.ts";
import { verifyIndex } from "../../../node/operator/verify.ts";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { checkedJson, encode, stateKey, TIP_KEY } from "../../../node/store/keys.ts";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { word } from "../../../resolver/primitives/hex.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { simulatedIdentity, simulatedList } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { until } from "../../helpers/real-node.ts";
import { chainOf, filled, runningNode } from "./harness.ts";

async function verify(directory: string, { network, reader }: { network: NetworkDescriptor; reader: ChainReader }) {
  const told: string[] = [];
  const content = await openExport(directory, "tip");
  const beside = `${directory}.verify.tmp`;
  try {
    const onDifference = (what: string) => void told.push(what);
    const verified = await verifyIndex({
      content,
      directory: beside,
      network,
      reader,
      onProgress: () => {},
      onDifference,
    });
    assert.equal(verified.differences, told.length);
    return { ...verified, told };
  } finally {
    await content.close();
    assert(!existsSync(beside));
  }
}

async function filledIndex(t: TestContext) {
  const directory = join(await temporaryFolder(t), "index");
  const chain = chainOf(60);
  const network = chain.network();
  await filled(directory, { chain, network });
  return { directory, chain, network };
}

test("an index whose history, states, words and roots are the chain's has no difference, stopped or running", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  const stopped = await verify(directory, { network, reader: chain });
  assert.deepEqual([stopped.told, stopped.notCompared], [[], undefined]);
  assert.equal(stopped.header.block.hash, chain.tip.hash);

  const node = await runningNode(t, directory, { network, readers: [chain] });
  await until(() => node.report().state.kind === "following");
  const running = await verify(directory, { network, reader: chain });
  assert.deepEqual([running.told, running.notCompared], [[], undefined]);
});

test("what could not be asked of the chain is said, and is no difference", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  for (const fault of ["down", "no state", "garbage"] as const) {
    const { told, notCompared } = await verify(directory, { network, reader: faulty(chain, () => fault) });
    assert.deepEqual(told, []);
    assert.match(notCompared ?? "", /./, fault);
  }
});

test("an index that the chain does not agree with differs, though it agrees with itself", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  const storage: ChainReader["storage"] = async (slots) => slots.map((_, at) => word(at + 1));
  const reader: ChainReader = { ...faulty(chain, () => undefined), storage };
  const { told } = await verify(directory, { network, reader });
  assert.match(
    told.join("\n"),
    /^root of the DID registry at block 62: .*\nroot of the trust .*\nroot of the status .*$/,
  );
});

test("another network's index is not compared", async (t) => {
  const { directory, chain } = await filledIndex(t);
  const other = chainOf(1, { salt: 2 });
  await assert.rejects(verify(directory, { network: other.network(), reader: chain }), { code: "NETWORK_MISMATCH" });
});

const ALICE = stateKey({ kind: "did", id: simulatedIdentity(0) });
const DAMAGES: Record<string, { damage: Record<string, (json: string) => string | null>; told: RegExp[] }> = {
  "a state": {
    damage: { [ALICE]: (json) => json.replace(/"events":\d+/, '"events":99') },
    told: [/^state of did 0x0{39}1: stored is .*"events":99.*, the history gives/],
  },
  "a missing state": { damage: { [ALICE]: () => null }, told: [/^state of did 0x0{39}1: is missing/] },
  "a state of nobody": {
    damage: { [`${ALICE.slice(0, -1)}f`]: () => "{}" },
    told: [/^state of did 0x0{39}f: is stored, but/],
  },
  "a word": {
    damage: { [`cw${simulatedList(1, 0).slice(2)}0003`]: () => '["0x1","0x0"]' },
    told: [/^word 3 of list 0x.*: stored is \["0x1","0x0"\]/],
  },
  "the roots after a block": {
    damage: { cr0000000000000c: (json) => json.replace(/"did":"0x./, '"did":"0xz') },
    told: [/^roots after block 12: stored is/],
  },
  "a way to an event": {
    damage: { [`cid${simulatedIdentity(0).slice(2)}${"3".padStart(14, "0")}${"1".padStart(14, "0")}`]: () => null },
    told: [/^way from did 0x0{39}1 to log 1 of block 3: is missing/],
  },
  "an event": {
    damage: { ch0000000000000300000000000001: (json) => json.replace(/"data":"0x0/, '"data":"0x1') },
    told: [/^state of did 0x0{39}1/, /^root of the DID registry/],
  },
  "an event that was never written so": {
    damage: { ch0000000000000300000000000001: (json) => json.replace("{", '{"more":1,') },
    told: [/^log 1 of block 3: stored is/],
  },
  "a missing event": { damage: { ch0000000000000300000000000001: () => null }, told: [/history can't be/] },
  "a count": {
    damage: { [TIP_KEY]: (json) => json.replace(/"words":\d+/, '"words":1') },
    told: [/^count of words: stored is 1/],
  },
  "a root": {
    damage: { [TIP_KEY]: (json) => json.replace(/"trust":"0x[0-9a-f]{64}/, `"trust":"0x${"11".repeat(32)}`) },
    told: [/^root of the trust registry: stored is 0x1111/, /^root of the trust registry at block/],
  },
};

for (const [what, { damage, told }] of Object.entries(DAMAGES)) {
  test(`an index with ${what} that is not what its history gives differs, and it is said where`, async (t) => {
    const { directory, chain, network } = await filledIndex(t);
    const database = await openLevel(directory);
    await alter(database, damage);
    await database.close();
    const verified = await verify(directory, { network, reader: chain });
    for (const pattern of told)
      assert(
        verified.told.some((line) => pattern.test(line)),
        verified.told.join("\n"),
      );
  });
}

/** Writes other values, with good checksums: what no damaged disk does. */
async function alter(database: Database, damage: Record<string, (json: string) => string | null>): Promise<void> {
  const batch = database.batch();
  for (const [key, change] of Object.entries(damage)) {
    const text = database.getSync(key);
    const json = change(text === undefined ? "" : checkedJson(key, text));
    assert.notEqual(json, text && checkedJson(key, text), key);
    if (json === null) batch.del(key);
    else batch.put(key, encode(key, json));
  }
  await batch.write({ sync: true });
}
