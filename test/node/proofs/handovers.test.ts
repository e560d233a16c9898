import assert from "node:assert/strict";
import { test } from "node:test";
import { Handovers } from "../../../node/proofs/handovers.ts";
import { sealedBlocks } from "../../../node/proofs/sealed-blocks.ts";
import { headerFields } from "../../../resolver/chain/block/header-hash.ts";
import type { Rpc } from "../../../resolver/chain/rpc/rpc.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { type Address, type Hash, type Hex, hexOf, toBytes } from "../../../resolver/primitives/hex.ts";
import { encodeRlp } from "../../../resolver/primitives/rlp.ts";
import { readBlockHeader } from "../../../resolver/proofs/block-header.ts";
import { verifyHeader } from "../../../resolver/proofs/verify-header.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { addressesOf, qbftChain, type Sealing, VALIDATORS } from "../../helpers/qbft-chain.ts";
import quorum from "../../vectors/proofs/qbft-headers.json" with { type: "json" };

const GENESIS = quorum.genesis.validators as Address[];

/** The recorded chain; what it was asked for is counted. */
function recorded(blocks: readonly unknown[] = quorum.headers) {
  const asked: number[] = [];
  const rpc: Rpc = async (calls) =>
    calls.map(([, [number]]) => {
      asked.push(Number(number));
      return blocks[Number(number)] ?? null;
    });
  return { asked, rpc };
}

/** A block of the recording, as a node's index has it. */
const at = (number: number) => ({ number, hash: quorum.headers[number]?.hash as Hash });

const networkOf = (validators: readonly Address[]): NetworkDescriptor => ({
  ...new ChainSimulator().network(),
  consensus: { kind: "qbft", validators: [...validators] },
});

test("a node finds the blocks at which validators changed, in few questions, and a verifier follows them to the newest", async () => {
  const { rpc, asked } = recorded();
  const handovers = new Handovers(rpc, GENESIS);
  const last = quorum.headers.length - 1;
  // In the recording one validator leaves, and comes back.
  const [, left, back] = quorum.validatorSets;
  assert.ok(left && back);
  assert.equal((await handovers.upTo(at(back.fromBlock - 1))).length, 1);
  assert.equal((await handovers.upTo(at(last))).length, 2);
  assert.ok(asked.length < 25, `${asked.length} headers`);
  const indexer = {
    settledBlock: () => ({ number: last, hash: quorum.headers[last]?.hash as Hash, time: 0 }),
  };
  const network = networkOf(GENESIS);
  const blocks = sealedBlocks({ network, attestations: { newest: () => undefined }, indexer, rpc } as Parameters<
    typeof sealedBlocks
  >[0]);
  const sealed = await blocks.newest();
  // Who looks only now sees no change between the two ends, and needs none.
  assert.deepEqual(sealed.handovers, []);
  for (const [number, given, set] of [
    [back.fromBlock - 1, await new Handovers(rpc, GENESIS).upTo(at(back.fromBlock - 1)), left],
    [last, await handovers.upTo(at(last)), back],
    [last, sealed.handovers, back],
  ] as const) {
    const envelope = { header: headerAt(number), handovers: [...given], attestations: [] };
    const { trusted } = await verifyHeader(network, envelope, undefined);
    assert.deepEqual(new Set(trusted?.validators), new Set(set.validators));
  }
});

test("what was found is kept: only blocks since are asked for, and many askers wait for one look", async () => {
  const { rpc, asked } = recorded();
  const handovers = new Handovers(rpc, GENESIS);
  const first = await handovers.upTo(at(40));
  const before = asked.length;
  const both = await Promise.all([handovers.upTo(at(41)), handovers.upTo(at(41)), handovers.upTo(at(30))]);
  assert.deepEqual(both, [first, first, first]);
  assert.deepEqual(asked.slice(before), [41]);
});

test("a change that was reversed before the first look is found for a verifier that knows a block in between, and only then", async () => {
  const [, joined, back] = quorum.validatorSets;
  assert.ok(joined && back);
  const changes = [joined, back].map(({ fromBlock }) => headerAt(fromBlock));
  const last = quorum.headers.length - 1;
  for (const since of [joined.fromBlock, joined.fromBlock + 9, back.fromBlock - 1]) {
    const { rpc, asked } = recorded();
    const handovers = new Handovers(rpc, GENESIS);
    const without: readonly (number | undefined)[] = [undefined, 0, 1, joined.fromBlock - 1, back.fromBlock, last];
    for (const none of [...without, last + 1])
      assert.deepEqual(await handovers.upTo(at(last), none), [], `since ${none}`);
    assert.deepEqual(asked, [last, 1, joined.fromBlock - 1, back.fromBlock], "the ends' validators are known");
    assert.deepEqual(await handovers.upTo(at(last), since), changes, `since ${since}`);
    for (const known of [1, joined.fromBlock, since, back.fromBlock, back.fromBlock + 1])
      assert.deepEqual(await handovers.upTo(at(last), known), changes, `found, and since ${known}`);
  }
});

test("a change that was reversed before another one that is known stays in the chain's order", async () => {
  const [four, five, six] = [4, 5, 6].map((count) => VALIDATORS.slice(0, count));
  assert.ok(four && five && six);
  const sets = [four, five, four, five, six, five].map((validators, at) => ({ fromBlock: 5 * at, validators }));
  const rpc = sealedBy(sets);
  const handovers = new Handovers(rpc, addressesOf(four));
  const numbers = async (number: number, since?: number) => {
    const [block] = await rpc([["eth_getBlockByNumber", [`0x${number.toString(16)}`, false]]]);
    const found = await handovers.upTo({ number, hash: (block as { hash: Hash }).hash }, since);
    return found.map((rlp) => readBlockHeader(toBytes(rlp)).number);
  };
  assert.deepEqual(await numbers(14), []);
  assert.deepEqual(await numbers(16), [15]);
  assert.deepEqual(await numbers(16, 7), [5, 10, 15]);
  assert.deepEqual(await numbers(29), [5, 10, 15]);
  assert.deepEqual(await numbers(29, 22), [5, 10, 15, 20, 25]);
});

test("validators that were replaced at once, a block of another engine and one that is missing are no hand-over", async () => {
  const strangers = Array.from({ length: 4 }, (_, at) => `0x${String(at + 1).repeat(40)}` as Address);
  await assertCode(new Handovers(recorded().rpc, strangers).upTo(at(3)), "PROOF_HANDOVER");
  await assertCode(new Handovers(recorded([]).rpc, GENESIS).upTo(at(3)), "UNAVAILABLE");
  const clique = quorum.headers.map((block) => ({ ...block, extraData: "0x00" }));
  await assertCode(new Handovers(recorded(clique).rpc, GENESIS).upTo(at(3)), "CHAIN_DATA");
  const bare = quorum.headers.map(({ hash }) => ({ hash }));
  await assertCode(new Handovers(recorded(bare).rpc, GENESIS).upTo(at(3)), "CHAIN_DATA");
  // A failure is not kept.
  let broken = true;
  const { rpc } = recorded();
  const flaky: Rpc = (calls) => (broken ? recorded([]).rpc(calls) : rpc(calls));
  const handovers = new Handovers(flaky, GENESIS);
  await assertCode(handovers.upTo(at(40)), "UNAVAILABLE");
  broken = false;
  assert.ok((await handovers.upTo(at(40))).length > 0);
});

test("a header of another block than the index has hides no change: it is refused, and the next look finds all", async () => {
  const { rpc } = recorded();
  const [, left] = quorum.validatorSets;
  const { extraData } = quorum.headers[1] ?? assert.fail();
  let lies = true;
  // It lists the validators of the beginning.
  const lying: Rpc = async (calls) =>
    (await rpc(calls)).map((block) => (lies ? { ...(block as object), extraData } : block));
  const handovers = new Handovers(lying, GENESIS);
  await assertCode(handovers.upTo(at(40)), "CHAIN_DATA");
  lies = false;
  assert.deepEqual(await handovers.upTo(at(40)), [headerAt(left?.fromBlock ?? assert.fail())]);
});

test("a hand-over is followed in its place only: not after the header, not twice, and never back to before the known validators", async () => {
  const [, left, back] = quorum.validatorSets;
  assert.ok(left && back);
  const network = networkOf(GENESIS);
  const [leaves, returns] = [headerAt(left.fromBlock), headerAt(back.fromBlock)];
  const [middle, last] = [back.fromBlock - 1, quorum.headers.length - 1];
  const verify = (number: number, handovers: Hex[], known?: Parameters<typeof verifyHeader>[2]) =>
    verifyHeader(network, { header: headerAt(number), handovers, attestations: [] }, known);
  await verify(middle, [leaves]);
  await assertCode(verify(middle, [leaves, returns]), "PROOF_HANDOVER");
  await assertCode(verify(middle, [leaves, leaves]), "PROOF_HANDOVER");
  await assertCode(verify(last, [returns, leaves]), "PROOF_HANDOVER");
  const { trusted } = await verify(last, [leaves, returns]);
  await verify(last, [], trusted);
  await assertCode(verify(last - 1, [], trusted), "PROOF_OLD_VALIDATORS");
});

test("a hand-over leads only forward: not to an earlier block, nor to another one of the same height, though its seals are right", async () => {
  const [, left] = quorum.validatorSets;
  assert.ok(left);
  const last = quorum.headers.length - 1;
  const leaves = headerAt(left.fromBlock);
  // The block before lists the former validators, a quorum of whom sealed it: one member less than after it.
  const before = headerAt(left.fromBlock - 1);
  const recordedNetwork = networkOf(GENESIS);
  const verify = (network: NetworkDescriptor, header: Hex, handovers: Hex[]) =>
    verifyHeader(network, { header, handovers, attestations: [] }, undefined);
  const backwards = {
    message: `The hand-over in block ${left.fromBlock - 1} is not between block ${left.fromBlock} and ${last}`,
  };
  await assertCode(verify(recordedNetwork, headerAt(last), [leaves, before]), "PROOF_HANDOVER", backwards);

  // Two chains of one length: in one a fifth validator joins at block 28, in the other it never does.
  const four = VALIDATORS.slice(0, 4);
  const always = [{ fromBlock: 0, validators: four }];
  const sealedAt = async (sets: Sealing["sets"], number: number): Promise<Hex> => {
    const [block] = await sealedBy(sets)([["eth_getBlockByNumber", [`0x${number.toString(16)}`, false]]]);
    return hexOf(encodeRlp(headerFields(block as Record<string, unknown>) ?? assert.fail()));
  };
  const joins = await sealedAt([...always, { fromBlock: 28, validators: VALIDATORS.slice(0, 5) }], 28);
  const [same, end] = [await sealedAt(always, 28), await sealedAt(always, 30)];
  const network = networkOf(addressesOf(four));
  await verify(network, end, []);
  const twice = { message: "The hand-over in block 28 is not between block 28 and 30" };
  await assertCode(verify(network, end, [joins, same]), "PROOF_HANDOVER", twice);
});

/** The first 31 blocks of the recording, sealed by other validators. */
function sealedBy(sets: Sealing["sets"]): Rpc {
  const { rpc } = recorded();
  const newest: Rpc = (calls) =>
    Promise.all(calls.map(async (call) => (call[0] === "eth_blockNumber" ? "0x1e" : (await rpc([call]))[0])));
  return qbftChain(newest, { sets });
}

function headerAt(number: number): Hex {
  const fields = headerFields(quorum.headers[number] as Record<string, unknown>);
  return hexOf(encodeRlp(fields ?? assert.fail()));
}
