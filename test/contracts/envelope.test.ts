import assert from "node:assert/strict";
import { test } from "node:test";
import { type Log as EthersLog, keccak256, ZeroHash } from "ethers";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import { readIdentitySlot } from "../../resolver/chain/identity-slot.ts";
import { applyDidEvent, type DidState } from "../../resolver/did/apply-event.ts";
import { decodeDidLog } from "../../resolver/did/decode-log.ts";
import { headSlot } from "../../resolver/primitives/head.ts";
import { type Address, type Hash, type Hex, word } from "../../resolver/primitives/hex.ts";
import {
  applyStatusEvent,
  listIdOf,
  type StatusChunk,
  startAtCheckpoint,
} from "../../resolver/status/apply-status-event.ts";
import { decodeStatusLog } from "../../resolver/status/decode-status-log.ts";
import { standingOf } from "../../resolver/trust/accreditation.ts";
import { applyGrantEvent, type GrantState } from "../../resolver/trust/apply-trust-event.ts";
import { decodeTrustLog } from "../../resolver/trust/decode-trust-log.ts";
import { label, now } from "../helpers/contracts.ts";
import { provenValue, proveSlot, type SlotProof } from "../helpers/envelope.ts";
import { DAY, deployTrust } from "../helpers/grants.ts";
import { BASE_URI, change, REASON, SIZE, TYPE_ID } from "../helpers/registries.ts";

// One envelope of each kind, so that the heads are known to be provable before anybody depends on them: a verifier has
// the block's hash, the code's hash, the proof of one slot, and the events that must fold to it.

const CHAIN_ID = 31_337;
const HEADS_SLOT = 0;
const IDENTITIES_SLOT = 2;

/** A chain with four links of accreditation and a list of the last. */
async function setUp() {
  const chain = await deployTrust();
  const { ethers, did, trust, status, ministry, others } = chain;
  const [second, third, issuer] = others;
  assert(second && third && issuer);
  const grants = [await chain.acceptedRoot(ministry)];
  const holders = [ministry, second, third, issuer];
  for (const [depth, to] of [second, third, issuer].entries()) {
    grants.push(await chain.acceptedBelow(grants[depth] as string, holders[depth] as typeof to, to));
  }
  const as = status.connect(issuer);
  await as.createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const list = listIdOf(lower(issuer.address), 0n);
  await as.update(list, [change(0n, { revoke: 5n }), change(511n, { suspend: 1n })], REASON);
  for (const name of ["a", "b"]) await did.connect(issuer).setAttribute(issuer.address, label(name), "0x01", DAY);

  const codeOf = async (address: string) => keccak256(await ethers.provider.getCode(address));
  const trusted = async (address: string) => {
    const block = await ethers.provider.getBlock("latest");
    return { block: block?.hash ?? "", codeHash: await codeOf(address) };
  };
  const eventsOf = async (address: string, subject: string): Promise<{ log: Log; time: number }[]> => {
    const logs = await ethers.provider.getLogs({ address, fromBlock: 0, topics: [null, subject] });
    return Promise.all(
      logs.map(async (log) => ({
        log: asLog(log),
        time: (await ethers.provider.getBlock(log.blockNumber))?.timestamp ?? 0,
      })),
    );
  };
  /** The proof of a subject's head at the newest block. */
  const provenHead = async (registry: typeof did | typeof trust | typeof status, subject: Hash) => {
    const address = String(registry.target);
    const proof = await proveSlot(chain, address, headSlot(subject, HEADS_SLOT));
    return { proof, trust: await trusted(address), events: await eventsOf(address, subject) };
  };
  /** Unix time at which a DID was deactivated, by the slot of its owner; 0 while it is not. */
  const provenEnd = async (identity: Address) => {
    const address = String(did.target);
    const proof = await proveSlot(chain, address, headSlot(word(identity), IDENTITIES_SLOT));
    return readIdentitySlot(await provenValue(proof, await trusted(address))).deactivatedAt ?? 0;
  };
  return { ...chain, issuer, grants: grants as Hash[], list, provenHead, provenEnd };
}

/** Each part of a proof altered, and the code of the error. */
async function assertTamperProof(proof: SlotProof, trusted: { block: string; codeHash: string }): Promise<void> {
  const other = `0x${"11".repeat(32)}` as const;
  const cut = (nodes: readonly Hex[]) => nodes.slice(0, -1);
  const flip = (nodes: readonly Hex[]) =>
    nodes.map((node, at) =>
      at === nodes.length - 1 ? (`${node.slice(0, -2)}${node.endsWith("0") ? "11" : "00"}` as Hex) : node,
    );
  for (const [altered, code] of [
    [{ header: `${proof.header.slice(0, -2)}ff` as Hex }, "HEADER"],
    [{ accountProof: cut(proof.accountProof) }, "ACCOUNT"],
    [{ accountProof: flip(proof.accountProof) }, "ACCOUNT"],
    [{ storageProof: cut(proof.storageProof) }, "STORAGE"],
    [{ storageProof: flip(proof.storageProof) }, "STORAGE"],
  ] as const) {
    await assert.rejects(provenValue({ ...proof, ...altered }, trusted), { code });
  }
  await assert.rejects(provenValue(proof, { ...trusted, block: other }), { code: "HEADER" });
  await assert.rejects(provenValue(proof, { ...trusted, codeHash: other }), { code: "CODE" });
}

test("a DID: the events fold to the head that the block's state root proves", async () => {
  const { did, issuer, provenHead } = await setUp();
  const { proof, trust, events } = await provenHead(did, word(lower(issuer.address)));
  const fold = (some: typeof events) =>
    some.reduce<DidState | undefined>(
      (state, { log, time }) => applyDidEvent(state, decodeDidLog(log, time), CHAIN_ID),
      undefined,
    );
  assert.equal(events.length, 2);
  assert.equal(fold(events)?.head, await provenValue(proof, trust));
  assert.notEqual(fold(events.slice(0, 1))?.head, await provenValue(proof, trust));
  await assertTamperProof(proof, trust);
});

test("the absence of a DID: the state proves that its head was never written", async () => {
  const { did, stranger, provenHead, issuer } = await setUp();
  const { proof, trust } = await provenHead(did, word(lower(stranger.address)));
  assert.equal(await provenValue(proof, trust), ZeroHash);
  // The proof of one slot says nothing about another.
  const { proof: present } = await provenHead(did, word(lower(issuer.address)));
  await assert.rejects(provenValue({ ...present, storageProof: proof.storageProof }, trust), { code: "STORAGE" });
});

for (const depth of [1, 2, 3, 4]) {
  test(`an accreditation at depth ${depth}: each link's events fold to its proven head, and the chain holds`, async () => {
    const chain = await setUp();
    const { trust: registry, grants, provenHead, provenEnd, deactivate, ministry } = chain;
    const known = new Map<Hash, GrantState>();
    const ends = new Map<Address, number>();
    for (const grantId of grants.slice(0, depth)) {
      const { proof, trust, events } = await provenHead(registry, grantId);
      let state: GrantState | undefined;
      for (const { log, time } of events) {
        const event = decodeTrustLog(log, time);
        assert(event.type !== "typeAdded");
        state = applyGrantEvent(state, event, CHAIN_ID);
      }
      assert(state);
      assert.equal(state.head, await provenValue(proof, trust));
      known.set(grantId, state);
      ends.set(state.subject, await provenEnd(state.subject));
      if (depth === 4) await assertTamperProof(proof, trust);
    }
    const lookup = {
      grant: (grantId: Hash) => known.get(grantId),
      deactivatedAt: (one: Address) => ends.get(one) || undefined,
    };
    const standing = standingOf(lookup, grants[depth - 1] as Hash, Number(await now(chain)));
    assert.deepEqual([standing.holds, standing.chain.length], [true, depth]);
    const { time } = await deactivate(ministry);
    assert.equal(await provenEnd(lower(ministry.address)), Number(time));
  });
}

test("a list: from a checkpoint of the whole list and the events since, the chunks are those of the proven head", async () => {
  const { status, issuer, list, provenHead } = await setUp();
  const as = status.connect(issuer);
  const prior = (await status.head(list)) as Hash;
  const chunks = new Map<number, StatusChunk>([
    [0, { revoked: 5n, suspended: 0n }],
    [511, { revoked: 0n, suspended: 1n }],
  ]);
  await as.checkpoint(list, 0n, 512n);
  await as.update(list, [change(511n, { reinstate: 1n, revoke: 2n })], REASON);
  await as.close(list);

  const { proof, trust, events } = await provenHead(status, list);
  const [checkpoint, ...since] = events.slice(-3).map(({ log, time }) => decodeStatusLog(log, time));
  assert(checkpoint?.type === "checkpoint");
  let state = startAtCheckpoint(prior, checkpoint, chunks);
  for (const event of since) {
    const step = applyStatusEvent(state, event, CHAIN_ID, chunks);
    for (const [index, held] of step.chunks) chunks.set(index, held);
    state = step.state;
  }
  assert.equal(state.head, await provenValue(proof, trust));
  assert.deepEqual(chunks.get(511), { revoked: 2n, suspended: 0n });
  assert.deepEqual([state.size, state.closed, state.typeId], [131_072, true, TYPE_ID]);
  // Any other prior, or other chunks, lead to another head or to none.
  assert.notEqual(
    startAtCheckpoint(ZeroHash as Hash, checkpoint, new Map([...chunks, [511, { revoked: 0n, suspended: 1n }]])).head,
    state.head,
  );
  assert.throws(() => startAtCheckpoint(prior, checkpoint, new Map()), { code: "HISTORY_INCOMPLETE" });
  await assertTamperProof(proof, trust);
});

function lower(address: string): Address {
  return address.toLowerCase() as Address;
}

function asLog({ address, topics, data, blockNumber, blockHash, transactionHash, index }: EthersLog): Log {
  return {
    address: lower(address),
    topics: topics as Hash[],
    data: data as Hex,
    blockNumber,
    blockHash: blockHash as Hash,
    transactionHash: transactionHash as Hash,
    logIndex: index,
  };
}
