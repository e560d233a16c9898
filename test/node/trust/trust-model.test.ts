import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { trustAt } from "../../../node/audit/past/trust-at.ts";
import { AcceptedGrants } from "../../../node/trust/accepted-grants.ts";
import { readAccreditations } from "../../../node/trust/read-accreditations.ts";
import { publicJwk, thumbprint } from "../../../resolver/did/key.ts";
import { MapaeError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { standingOf } from "../../../resolver/trust/accreditation.ts";
import { type TrustQuestion, trustAnswer } from "../../../resolver/trust/trust-answer.ts";
import {
  type Block,
  ChainSimulator,
  type SimulatedWrite,
  simulatedIdentity,
  simulatedList,
} from "../../helpers/chain-simulator.ts";
import { evidenceAsOf } from "../../helpers/evidence.ts";
import { publicKey } from "../../helpers/keys.ts";
import { runs } from "../../helpers/property.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";
import { anyBlock } from "../../helpers/simulated-writes.ts";

const KEYS = [1, 2].map((secret) => publicKey("P256", secret));
const key: fc.Arbitrary<SimulatedWrite> = fc.record({
  do: fc.constant("key" as const),
  identity: fc.constant(0),
  algorithm: fc.constant("P256" as const),
  key: fc.constantFrom(...KEYS),
  validTo: fc.constantFrom(0, 1_700_000_030, 4_000_000_000),
});
const step = fc.record({
  drop: fc.constantFrom(0, 0, 0, 1, 4),
  keys: fc.array(key, { maxLength: 1 }),
  others: anyBlock,
});

/** What every history begins with, so that questions are about something: an issuer that may issue, until it may not. */
const FIRST: SimulatedWrite[] = [
  { do: "type", type: 0 },
  { do: "key", identity: 0, algorithm: "P256", key: KEYS[0] ?? "0x", validTo: 4_000_000_000 },
  { do: "grant", identity: 0, type: 0, parent: null },
  { do: "accept", identity: 0, type: 0, number: 0 },
  { do: "list", identity: 0, list: 0 },
];

const TYPE = keccak256Text("https://types.example/0");
const ISSUER = simulatedIdentity(0);
const fragments = KEYS.map((bytes) =>
  thumbprint(publicJwk("P256", Buffer.from(bytes.slice(2), "hex")) ?? assert.fail()),
);
const question = fc.record({
  key: fc.constantFrom(...fragments),
  at: fc.constantFrom(1_600_000_000, 1_700_000_004, 1_700_000_031, 1_700_000_060),
  status: fc.option(fc.record({ list: fc.constantFrom(0, 1), index: fc.constantFrom(0, 7, 300) })),
  /** Which of the chain's blocks, as a share of them. */
  block: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** An answer as it can be compared, or the code of what was thrown: a simulated chain lets a grant be above itself. */
async function outcome<T>(answer: () => T | Promise<T>): Promise<T | string> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof MapaeError) return error.code;
    throw error;
  }
}

async function expectSame(
  node: SimulatedNode,
  chain: ChainSimulator,
  accepted: AcceptedGrants,
  asked: { readonly question: TrustQuestion; readonly block: Block },
) {
  const { question, block } = asked;
  const network = chain.network();
  const evidence = evidenceAsOf(chain.branch.slice(0, block.number + 1), question);
  const now = chain.tip.time;
  const asOf = { number: block.number, hash: block.hash, time: block.time, finalizedBlock: -1 };
  // A grant that was never accepted counts for nothing: it is the reason in one answer and left out in the other.
  const wanted = await outcome(() => {
    const { staleness: _, ...answer } = trustAnswer(question, evidence, {
      now,
      maxStaleness: Number.POSITIVE_INFINITY,
    });
    return { ...answer, grant: undefined };
  });
  await using held = node.index.hold() ?? assert.fail("nothing is served");
  const got = await outcome(async () => {
    const cut = { asOf, now, accepted: accepted.of(question.issuer) };
    const { changes: _, heads: _heads, ...answer } = await trustAt(held, network, question, cut);
    return { ...answer, grant: undefined };
  });
  assert.deepEqual(got, wanted);
  const source = { index: node.index, accepted, chainId: network.chainId };
  const standing = (lookup: Parameters<typeof standingOf>[0], ids: Iterable<Hash>) =>
    outcome(() => [...ids].map((id) => standingOf(lookup, id, question.at)));
  const read = await readAccreditations(source, { subject: ISSUER, typeId: TYPE, block: block.number });
  const own = (evidence.grants ?? [])
    .filter((grant) => grant.accepted !== null)
    .toSorted((a, b) => a.number - b.number);
  assert.deepEqual(read.grants, own);
  assert.deepEqual(
    await standing(
      read.lookup,
      read.grants.map(({ grantId }) => grantId),
    ),
    await standing(
      evidence.trust ?? assert.fail(),
      own.map(({ grantId }) => grantId),
    ),
  );
}

test("over random histories and reorgs the trust answer for (at, asOf) from the store equals a fold from scratch", async () => {
  const questions = fc.array(question, { minLength: 4, maxLength: 8 });
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 2, maxLength: 12 }),
    questions,
    async (steps, asked) => {
      const chain = new ChainSimulator();
      chain.mine(FIRST);
      const node = await SimulatedNode.start({ network: chain.network(), readers: [chain] });
      await node.settle();
      const accepted = new AcceptedGrants(node.index);
      await accepted.load();
      for (const { drop, keys, others } of steps) {
        chain.dropBlocks(Math.min(drop, chain.tip.number - 2));
        chain.mine([...keys, ...others]);
        // A lower head is a server that lags, not a reorg.
        while (chain.tip.number <= (node.index.asOf()?.number ?? 0)) chain.mine();
        await node.settle();
        for (const { key, at, status, block } of asked) {
          const which = chain.branch[2 + Math.floor(block * (chain.branch.length - 3))] ?? assert.fail("no block");
          const question = {
            issuer: ISSUER,
            key,
            typeId: TYPE,
            at,
            status: status && { list: simulatedList(0, status.list), index: status.index },
          };
          await expectSame(node, chain, accepted, { question, block: which });
        }
      }
      await node.stop();
    },
  );
  await fc.assert(property, runs(40));
});
