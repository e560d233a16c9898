import assert from "node:assert/strict";
import { test } from "node:test";
import { attest } from "../../../node/attestations/attest.ts";
import { type AttestationOutcome, Attestations, KEPT_BLOCKS } from "../../../node/attestations/attestations.ts";
import { type Operator, operatorAmong } from "../../../node/issuing/operator.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { verifyAttestations } from "../../../resolver/proofs/attested.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { attestedBy, makeOperator } from "../../helpers/operators.ts";

const [first, second, third] = [makeOperator("행정안전부"), makeOperator("경찰청", "EdDSA"), makeOperator("국세청")];
const described = new ChainSimulator().network();
const network = attestedBy(described, [first, second, third], 2);
const { genesisHash, consensus } = network;

const block = (number: number, salt = 0) => ({
  number,
  hash: `0x${(number * 256 + salt).toString(16).padStart(64, "0")}` as Hash,
  time: 1_000 + number,
});

function kept({ operator = first as Operator | null, of = network } = {}) {
  const outcomes: AttestationOutcome[] = [];
  const faults: unknown[] = [];
  const attestations = new Attestations({
    network: of,
    operator: operator ?? undefined,
    onOutcome: (outcome) => outcomes.push(outcome),
    onFault: (error) => faults.push(error),
  });
  return { attestations, outcomes, faults };
}

test("a block is proven once enough operators attested it, by the very function of a verifier", async () => {
  const { attestations, outcomes } = kept();
  await attestations.settled(block(7));
  assert.equal(attestations.newest(), undefined);
  assert.deepEqual(attestations.lacking(4), [block(7)]);
  const theirs = await attest(second, { ...block(7), genesisHash });
  assert.equal(await attestations.take(block(7), [theirs]), 1);
  const newest = attestations.newest();
  assert.deepEqual(newest?.block, block(7));
  assert(consensus.kind === "attested");
  await verifyAttestations({ ...block(7), genesisHash }, newest?.attestations ?? [], consensus);
  assert.deepEqual(attestations.lacking(4), []);
  assert.deepEqual(outcomes, ["signed", "collected"]);
  // A repeated attestation is known already, and counts once.
  assert.equal(await attestations.take(block(7), [theirs]), 1);
  assert.equal(attestations.at(7)?.attestations.length, 2);
});

test("nothing is taken that was not verified: of another block, by a stranger, of another network, or no JWS", async () => {
  const { attestations, outcomes } = kept();
  await attestations.settled(block(7));
  const bad = [
    await attest(second, { ...block(7, 1), genesisHash }),
    await attest(second, { ...block(7), genesisHash: block(9).hash }),
    await attest(makeOperator("경찰청"), { ...block(7), genesisHash }),
    await attest({ ...second, name: "국세청" }, { ...block(7), genesisHash }),
    ...["", "..", "a.b.c", "e30..AAAA"],
  ];
  assert.equal(await attestations.take(block(7), bad), 0);
  assert.deepEqual(
    outcomes.slice(1),
    bad.map(() => "refused"),
  );
  const good = await attest(second, { ...block(7), genesisHash });
  // An attestation of another block than this node's, or of one that it does not have.
  assert.equal(await attestations.take(block(7, 1), [good]), 0);
  assert.equal(await attestations.take(block(8), [good]), 0);
  assert.equal(attestations.newest(), undefined);
});

test("only so many of the newest blocks are kept, and none of a chain that was replaced", async () => {
  const { attestations } = kept({ of: attestedBy(described, [first], 1) });
  for (let number = 1; number <= KEPT_BLOCKS + 10; number++) await attestations.settled(block(number));
  assert.equal(attestations.at(10), undefined);
  assert.equal(attestations.at(11)?.attestations.length, 1);
  assert.equal(attestations.newest()?.block.number, KEPT_BLOCKS + 10);
  await attestations.settled(block(40, 1));
  assert.deepEqual(attestations.newest()?.block, block(40, 1));
  assert.equal(attestations.at(41), undefined);
});

test("a node without a key attests nothing and collects; a key that fails is told, and the next block is attested", async () => {
  const without = kept({ operator: null });
  await without.attestations.settled(block(1));
  assert.deepEqual(without.outcomes, []);
  for (const one of [second, third])
    await without.attestations.take(block(1), [await attest(one, { ...block(1), genesisHash })]);
  assert.equal(without.attestations.newest()?.attestations.length, 2);

  let works = false;
  const sign = (data: Uint8Array) => (works ? first.signer.sign(data) : Promise.reject(new Error("no module")));
  const failing = kept({ operator: { ...first, signer: { ...first.signer, sign } } });
  await failing.attestations.settled(block(1));
  assert.deepEqual(failing.outcomes, ["failed"]);
  assert.equal(failing.faults.length, 1);
  works = true;
  await failing.attestations.settled(block(2));
  assert.deepEqual(failing.outcomes, ["failed", "signed"]);
});

test("on a network without operators nothing is attested", async () => {
  const { attestations, outcomes } = kept({ of: described });
  await attestations.settled(block(1));
  assert.deepEqual([attestations.newest(), attestations.at(1), outcomes], [undefined, undefined, []]);
});

test("the operator's key is that which the descriptor names, and one alone", () => {
  const issuer = { ...first.signer, issuer: `did:mapae:local:0x${"11".repeat(20)}` };
  assert.equal(operatorAmong([issuer], described), undefined);
  assert.equal(operatorAmong([issuer, second.signer], network)?.name, "경찰청");
  for (const [signers, of] of [
    [[first.signer], described],
    [[makeOperator("행정안전부").signer], network],
    [[makeOperator("법무부").signer], network],
    [[first.signer, second.signer], network],
  ] as const) {
    assert.throws(() => operatorAmong(signers, of), { code: "OPERATOR_KEY" });
  }
});
