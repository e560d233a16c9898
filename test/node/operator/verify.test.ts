import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openExport } from "../../../node/operator/open-export.ts";
import { verifyIndex } from "../../../node/operator/verify.ts";
import { withChecksum, withoutChecksum } from "../../../node/store/checked-database.ts";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { chunkKey, fixed, historyKey, historyRange, recentKey, rootsKey, stateKey } from "../../../node/store/keys.ts";
import { decode, json } from "../../../node/store/records/codec.ts";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { word } from "../../../resolver/primitives/hex.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { simulatedIdentity, simulatedList } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { until } from "../../helpers/real-node.ts";
import { chainOf, filled, runningNode } from "./harness.ts";

async function verify(directory: string, { network, reader }: { network: NetworkDescriptor; reader: ChainReader }) {
  const reported: string[] = [];
  const content = await openExport(directory, "content");
  const beside = `${directory}.verify.tmp`;
  try {
    const onDifference = (what: string) => void reported.push(what);
    const verified = await verifyIndex({
      content,
      directory: beside,
      network,
      reader,
      onProgress: () => {},
      onDifference,
    });
    assert.equal(verified.differences, reported.length);
    return { ...verified, reported };
  } finally {
    await content[Symbol.asyncDispose]();
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
  assert.deepEqual([stopped.reported, stopped.notCompared], [[], undefined]);
  assert.equal(stopped.header.block.hash, chain.tip.hash);

  const node = await runningNode(t, directory, { network, readers: [chain] });
  await until(() => node.report().state.kind === "following");
  const running = await verify(directory, { network, reader: chain });
  assert.deepEqual([running.reported, running.notCompared], [[], undefined]);
});

test("what could not be asked of the chain is said, and is no difference", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  for (const fault of ["down", "no state", "garbage"] as const) {
    const { reported, notCompared } = await verify(directory, { network, reader: faulty(chain, () => fault) });
    assert.deepEqual(reported, []);
    assert.match(notCompared ?? "", /./, fault);
  }
});

test("an index that the chain does not agree with differs, though it agrees with itself", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  const storage: ChainReader["storage"] = async (slots) => slots.map((_, at) => word(at + 1));
  const reader: ChainReader = { ...faulty(chain, () => undefined), storage };
  const { reported } = await verify(directory, { network, reader });
  assert.match(
    reported.join("\n"),
    /^root of the DID registry at block 62: .*\nroot of the trust .*\nroot of the status .*$/,
  );
});

test("another network's index is not compared", async (t) => {
  const { directory, chain } = await filledIndex(t);
  const other = chainOf(1, { salt: 2 });
  await assert.rejects(verify(directory, { network: other.network(), reader: chain }), { code: "NETWORK_MISMATCH" });
});

const ALICE = stateKey({ kind: "did", id: simulatedIdentity(0) });
const EVENT = historyKey({ blockNumber: 3, logIndex: 1 });
const WAY = historyRange({ subject: { kind: "did", id: simulatedIdentity(0) }, from: 3, to: 3 }).gte + fixed(1);
/** Where in the record of a DID's state the number of its events is. */
const EVENTS = 124;

const TIP = recentKey(62);
/** Where in the record of a recent block the totals are, after its hash and time. */
const TOTALS = 78;

const JSON_RECORD = json<unknown>();

/** The totals as of the newest block changed. */
const inTotals = (change: (json: string) => string) => ({
  [TIP]: (digits: string) => {
    const totals = decode(JSON_RECORD, digits.slice(TOTALS));
    return digits.slice(0, TOTALS) + JSON_RECORD.write(JSON.parse(change(JSON.stringify(totals))));
  },
});

const DAMAGES: Record<string, { damage: Record<string, (digits: string) => string | null>; reported: RegExp[] }> = {
  "a state": {
    damage: { [ALICE]: (digits) => digits.slice(0, EVENTS) + fixed(99) + digits.slice(EVENTS + 14) },
    reported: [/^state of did 0x0{39}1: stored is .*"events":99.*, the history gives/],
  },
  "a missing state": { damage: { [ALICE]: () => null }, reported: [/^state of did 0x0{39}1: is missing/] },
  "a state of nobody": {
    damage: { [`${ALICE.slice(0, -1)}f`]: () => "00" },
    reported: [/^state of did 0x0{39}f: is stored, but/],
  },
  "a chunk": {
    damage: { [chunkKey(simulatedList(1, 0), 3)]: () => `${"01".padStart(64, "0")}${"00".repeat(32)}` },
    reported: [/^chunk 3 of list 0x.*: stored is 0x0{63}10{64}, /],
  },
  "the roots after a block": {
    damage: { [rootsKey(12)]: (digits) => `ffff${digits.slice(4)}` },
    reported: [/^roots after block 12: stored is 0xffff/],
  },
  "a way to an event": {
    damage: { [WAY]: () => null },
    reported: [/^way from did 0x0{39}1 to log 1 of block 3: is missing/],
  },
  "an event": {
    // The end of its validity, the third of five words of data before the value.
    damage: { [EVENT]: (digits) => digits.replace("ee6b2800", "ee6b2801") },
    reported: [/^state of did 0x0{39}1/, /^root of the DID registry/],
  },
  "an event that was never written so": {
    damage: { [EVENT]: (digits) => `${digits}00` },
    reported: [/history can't be/],
  },
  "a missing event": { damage: { [EVENT]: () => null }, reported: [/history can't be/] },
  "a count": {
    damage: inTotals((json) => json.replace(/"words":\d+/, '"words":1')),
    reported: [/^count of words: stored is 1/],
  },
  "a sum": {
    damage: inTotals((json) => json.replace(/"present":"0x../, '"present":"0x00')),
    reported: [/^content hash: stored is 0x/],
  },
  "a root": {
    damage: inTotals((json) => json.replace(/"trust":"0x[0-9a-f]{64}/, `"trust":"0x${"11".repeat(32)}`)),
    reported: [/^root of the trust registry: stored is 0x1111/, /^root of the trust registry at block/],
  },
};

for (const [what, { damage, reported }] of Object.entries(DAMAGES)) {
  test(`an index with ${what} that is not what its history gives differs, and it is said where`, async (t) => {
    const { directory, chain, network } = await filledIndex(t);
    const database = await openLevel(directory);
    await alter(database, damage);
    await database.close();
    const verified = await verify(directory, { network, reader: chain });
    for (const pattern of reported)
      assert(
        verified.reported.some((line) => pattern.test(line)),
        verified.reported.join("\n"),
      );
  });
}

/** Writes other values, with good checksums: what no damaged disk does. */
async function alter(database: Database, damage: Record<string, (digits: string) => string | null>): Promise<void> {
  const batch = database.batch();
  for (const [key, change] of Object.entries(damage)) {
    const stored = database.getSync(key);
    const before = stored === undefined ? "" : withoutChecksum(key, stored);
    const digits = change(before);
    assert.notEqual(digits, before || undefined, key);
    if (digits === null) batch.del(key);
    else batch.put(key, withChecksum(key, digits));
  }
  await batch.write({ sync: true });
}
