import assert from "node:assert/strict";
import { test } from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { HEADER_FIELD, headerFields } from "../../../resolver/chain/block/header-hash.ts";
import { type Address, hexOf } from "../../../resolver/primitives/hex.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../../resolver/primitives/rlp.ts";
import { type BlockHeader, readBlockHeader } from "../../../resolver/proofs/block-header.ts";
import type { ProofErrorCode } from "../../../resolver/proofs/proof-error.ts";
import { verifyQbftHandover, verifyQbftSeals } from "../../../resolver/proofs/qbft.ts";
import besu from "../../vectors/proofs/besu-headers.json" with { type: "json" };
import quorum from "../../vectors/proofs/qbft-headers.json" with { type: "json" };

type Block = Readonly<Record<string, unknown>>;

function headerOf(block: Block): BlockHeader {
  const fields = headerFields(block);
  assert.ok(fields !== undefined);
  return readBlockHeader(encodeRlp(fields));
}

function setOf(validators: readonly string[]): ReadonlySet<Address> {
  return new Set(validators as Address[]);
}

/** Follows blocks from a trusted set on. @returns the sets that it was handed over to, by the block that did so. */
function follow(blocks: readonly Block[], validators: readonly string[]): Map<number, ReadonlySet<Address>> {
  let trusted = setOf(validators);
  const handovers = new Map<number, ReadonlySet<Address>>();
  for (const block of blocks) {
    const header = headerOf(block);
    assert.equal(header.hash, block.hash);
    try {
      verifyQbftSeals(header, trusted);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "PROOF_VALIDATORS");
      trusted = verifyQbftHandover(header, trusted);
      handovers.set(header.number, trusted);
    }
  }
  return handovers;
}

test("a verifier with the genesis set follows every block of a GoQuorum chain whose validators change", () => {
  const handovers = follow(quorum.headers.slice(1), quorum.genesis.validators);
  assert.deepEqual(
    [...handovers],
    quorum.validatorSets.slice(1).map(({ fromBlock, validators }) => [fromBlock, setOf(validators)]),
  );
});

for (const chain of besu.chains) {
  test(`every block that Besu made is sealed by its validators: ${chain.chain}`, () => {
    for (const block of chain.headers as Block[]) {
      const header = headerOf(block);
      assert.equal(header.hash, block.hash);
      if (header.number > 0) verifyQbftSeals(header, setOf(chain.validators));
    }
  });
}

/** Each invalid header of the recording, with the reason that it is refused for. */
const REFUSED: Readonly<Record<string, ProofErrorCode>> = {
  "one-seal-short": "PROOF_QUORUM",
  "no-seals": "PROOF_QUORUM",
  "seal-by-non-validator": "PROOF_SEAL",
  "quorum-plus-non-validator": "PROOF_SEAL",
  "altered-state-root": "PROOF_SEAL",
  "altered-state-root-rehashed": "PROOF_SEAL",
  "duplicate-seal-malleated": "PROOF_SEAL",
  "altered-round": "PROOF_SEAL",
  "seal-v-27": "PROOF_SEAL",
  "self-declared-validators": "PROOF_VALIDATORS",
  "validators-list-differs": "PROOF_VALIDATORS",
  "extra-data-six-items": "PROOF_FORMAT",
};

test("each kind of invalid header of the recording has a reason", () => {
  assert.deepEqual(
    quorum.invalid.map(({ name }) => name),
    Object.keys(REFUSED),
  );
});

for (const { name, reason, validators, header: block } of quorum.invalid) {
  test(`refused: ${name}. ${reason}`, () => {
    const header = headerOf(block);
    assert.throws(() => verifyQbftSeals(header, setOf(validators)), { code: REFUSED[name] });
  });
}

test("attackers who list themselves take no verifier over, nor do they one by one", () => {
  const invalid = quorum.invalid.find(({ name }) => name === "self-declared-validators");
  assert.ok(invalid !== undefined);
  assert.throws(() => verifyQbftHandover(headerOf(invalid.header), setOf(invalid.validators)), {
    code: "PROOF_HANDOVER",
  });
  const [newest] = quorum.headers.slice(-1);
  assert.ok(newest !== undefined);
  // A set that shares all members but one with the header's, of whom none is a signer.
  const strangers = ["0x01", "0x02", "0x03", "0x04", "0x05", "0x06"].map((end) => `0x${"0".repeat(38)}${end.slice(2)}`);
  assert.throws(() => verifyQbftHandover(headerOf(newest), setOf(strangers)), { code: "PROOF_HANDOVER" });
});

test("a block that hands over is refused where the former set is not the one before it", () => {
  const [first, second] = quorum.validatorSets.slice(1);
  assert.ok(first !== undefined && second !== undefined);
  const handover = headerOf(quorum.headers[first.fromBlock] as Block);
  assert.throws(() => verifyQbftHandover(handover, setOf(first.validators)), { code: "PROOF_HANDOVER" });
});

test("a vote in an epoch's block is followed as the engine counted it, since a header lists its set itself", () => {
  const { validatorsAt56, headers } = quorum.epochBlockVote;
  assert.deepEqual([...follow(headers, validatorsAt56).keys()], [64]);
});

/** The newest recorded block, with other validators or seals in its extraData. */
function changed(change: { readonly validators?: readonly Uint8Array[]; readonly seals?: readonly Uint8Array[] }) {
  const { fields } = headerOf(quorum.headers.at(-1) as Block);
  const extraData = decodeRlp(fields[HEADER_FIELD.extraData] as Uint8Array) as RlpItem[];
  const [vanity, validators, vote, round, seals] = extraData as [RlpItem, Uint8Array[], RlpItem, RlpItem, Uint8Array[]];
  const own = [vanity, change.validators ?? validators, vote, round, change.seals ?? seals] as RlpItem[];
  const header = readBlockHeader(encodeRlp(fields.with(HEADER_FIELD.extraData, encodeRlp(own))));
  return { header, trusted: setOf(validators.map(hexOf)), seals };
}

test("a seal twice is refused, and so is one alone that was malleated into its other form", () => {
  const { trusted, seals } = changed({});
  const [first, ...others] = seals as [Uint8Array, ...Uint8Array[]];
  verifyQbftSeals(changed({ seals }).header, trusted);
  const twice = changed({ seals: [first, first, ...others.slice(1)] }).header;
  assert.throws(() => verifyQbftSeals(twice, trusted), { code: "PROOF_SEAL", message: /twice/ });
  const order = secp256k1.Point.CURVE().n;
  const s = (order - BigInt(hexOf(first.subarray(32, 64)))).toString(16).padStart(64, "0");
  const malleated = Uint8Array.from([...first.subarray(0, 32), ...Buffer.from(s, "hex"), 1 - (first[64] ?? 0)]);
  const alone = changed({ seals: [malleated, ...others] }).header;
  assert.throws(() => verifyQbftSeals(alone, trusted), { code: "PROOF_SEAL", message: /canonical/ });
});

test("a header lists between one and 1 000 validators, each of them once", () => {
  const members = (count: number) =>
    Array.from({ length: count }, (_, at) => Buffer.from(`${at}`.padStart(40, "0"), "hex"));
  for (const [validators, message] of [
    [[], /0 validators/],
    [members(1_001), /1001 validators/],
    [[...members(3), ...members(1)], /twice/],
  ] as const) {
    const { header } = changed({ validators, seals: [] });
    for (const verify of [verifyQbftSeals, verifyQbftHandover])
      assert.throws(() => verify(header, setOf(validators.map(hexOf))), { code: "PROOF_FORMAT", message });
  }
  const { header } = changed({ validators: members(1_000), seals: [] });
  assert.throws(() => verifyQbftSeals(header, setOf(members(1_000).map(hexOf))), { code: "PROOF_QUORUM" });
});

test("a header with more seals than validators is refused before any signer is recovered, which takes a millisecond each", () => {
  const [block] = quorum.headers.slice(-1);
  const { fields } = headerOf(block as Block);
  const extraData = decodeRlp(fields[HEADER_FIELD.extraData] as Uint8Array) as RlpItem[];
  const validators = (extraData[1] as readonly Uint8Array[]).map(hexOf);
  const sealedBy = (seals: number) => {
    const own = [...extraData.slice(0, 4), Array.from({ length: seals }, (_, at) => new Uint8Array(65).fill(at % 256))];
    return readBlockHeader(encodeRlp(fields.with(HEADER_FIELD.extraData, encodeRlp(own))));
  };
  for (const verify of [verifyQbftSeals, verifyQbftHandover]) {
    const trusted = setOf(verify === verifyQbftSeals ? validators : validators.slice(1));
    const refusal = { code: "PROOF_SEAL", message: /has 1000 seals of \d+ validators/ };
    assert.throws(() => verify(sealedBy(1_000), trusted), refusal);
    assert.throws(() => verify(sealedBy(validators.length), trusted), { code: "PROOF_SEAL", message: /canonical/ });
  }
});
