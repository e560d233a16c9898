import assert from "node:assert/strict";
import { test } from "node:test";
import { headerFields } from "../../../resolver/chain/block/header-hash.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { AskNodes } from "../../../resolver/nodes/agreement.ts";
import { type Hash, hexOf } from "../../../resolver/primitives/hex.ts";
import { encodeRlp, type RlpItem } from "../../../resolver/primitives/rlp.ts";
import { askProven } from "../../../resolver/proofs/asking/ask-proven.ts";
import { expectNotOlder, type KnownBlock, remember } from "../../../resolver/proofs/asking/known-blocks.ts";
import type { ProvenEnvelope } from "../../../resolver/proofs/verify-envelope.ts";
import { NETWORK } from "../../node/http/harness.ts";
import recorded from "../../vectors/proofs/qbft-headers.json" with { type: "json" };

const A: Hash = `0x${"aa".repeat(32)}`;
const B: Hash = `0x${"bb".repeat(32)}`;
const provenAt = (number: number, hash: Hash) =>
  ({ asOf: { number, hash, time: 1, finalizedBlock: number } }) as ProvenEnvelope;

test("a proven block is refused when an older one, or another one of its height, was proven before", () => {
  const known = { number: 10, hash: A };
  expectNotOlder(provenAt(1, A), undefined);
  for (const good of [provenAt(10, A), provenAt(11, B)]) expectNotOlder(good, known);
  assert.throws(() => expectNotOlder(provenAt(9, A), known), { code: "PROOF_OLDER" });
  assert.throws(() => expectNotOlder(provenAt(10, B), known), { code: "PROOF_FORK" });
});

test("of blocks that are proven at the same time the newest is remembered, of each network its own", () => {
  const known = new Map<string, KnownBlock>();
  for (const number of [0, 7, 5]) remember(known, "one", provenAt(number, A));
  remember(known, "other", provenAt(3, B));
  assert.deepEqual(Object.fromEntries(known), { one: { number: 7, hash: A }, other: { number: 3, hash: B } });
});

/** The recorded block of a QBFT network as RLP, as envelopes have it. */
const rlp = (number: number) => hexOf(encodeRlp(headerFields(recorded.headers[number] ?? {}) as RlpItem));

test("the validators that hand-overs led to are trusted from then on, without the hand-overs and for no older block", async () => {
  const { validators } = recorded.genesis;
  const descriptor = { ...NETWORK, consensus: { kind: "qbft", validators } } as NetworkDescriptor;
  const [first, second] = recorded.validatorSets.slice(1).map(({ fromBlock }) => fromBlock);
  assert.ok(first !== undefined && second !== undefined);
  const known = new Map<string, KnownBlock>();
  const prove = async (number: number, handovers: readonly number[]) => {
    const nothing = { attestations: [], nodes: [], subjects: [], identities: [] };
    const body = { version: 1, network: NETWORK.name, header: rlp(number), handovers: handovers.map(rlp), ...nothing };
    const node = { name: "https://node.example", get: async () => ({ body }) };
    const ask = (async (question: { ask: (of: typeof node) => unknown }) => [
      { node, answer: await question.ask(node) },
    ]) as unknown as AskNodes;
    const now = () => Number(recorded.headers[number]?.timestamp);
    const { asOf } = await askProven(
      { descriptor, ask, now, maxAge: 60, known },
      { about: "nothing", path: "/", expect: () => undefined },
    );
    return asOf.number;
  };
  await assert.rejects(prove(first + 1, []), { code: "PROOF_VALIDATORS" });
  assert.equal(known.size, 0);
  assert.equal(await prove(first + 1, [first]), first + 1);
  const [, { validators: trusted }] = recorded.validatorSets as [unknown, { validators: readonly string[] }];
  const { hash, ...rest } = known.get(NETWORK.name) ?? assert.fail();
  assert.equal(hash, recorded.headers[first + 1]?.hash);
  assert.deepEqual(
    { ...rest, validators: new Set(rest.validators) },
    {
      number: first + 1,
      validators: new Set(trusted),
      first: validators,
    },
  );
  assert.equal(await prove(first + 2, []), first + 2);
  await assert.rejects(prove(first + 1, [first]), { code: "PROOF_OLD_VALIDATORS" });
  assert.equal(await prove(second + 1, [first, second]), second + 1);
});
