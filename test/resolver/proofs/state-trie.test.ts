import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Address, type Hash, toBytes, word, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { accountInState, slotInStorage } from "../../../resolver/proofs/account.ts";
import { type TrieNodes, trieNodes } from "../../../resolver/proofs/state-trie.ts";
import besu from "../../vectors/proofs/besu-headers.json" with { type: "json" };
import quorum from "../../vectors/proofs/qbft-headers.json" with { type: "json" };

/** `eth_getProof` as JSON-RPC answers it. */
interface Recorded {
  readonly address: string;
  readonly accountProof: readonly string[];
  readonly codeHash: string;
  readonly storageHash: string;
  readonly storageProof: readonly { readonly key: string; readonly value: string; readonly proof: readonly string[] }[];
}

interface Case {
  readonly name: string;
  readonly stateRoot: Hash;
  readonly proof: Recorded;
}

const CASES: readonly Case[] = [
  ...quorum.proofs.map(({ blockNumber, proof }) => ({
    name: `GoQuorum, block ${blockNumber}`,
    stateRoot: quorum.headers[blockNumber]?.stateRoot as Hash,
    proof,
  })),
  ...besu.chains.flatMap(({ chain, headers, proofs }) =>
    (proofs as { blockNumber: number; proof: Recorded }[]).map(({ blockNumber, proof }) => ({
      name: `${chain}, block ${blockNumber}`,
      stateRoot: headers.find(({ number }) => Number(number) === Number(blockNumber))?.stateRoot as Hash,
      proof,
    })),
  ),
];

function nodesOf(proof: Recorded): TrieNodes {
  const all = [proof.accountProof, ...proof.storageProof.map(({ proof }) => proof)].flat();
  return trieNodes([...new Set(all)].map((node) => toBytes(node as Hash)));
}

for (const { name, stateRoot, proof } of CASES) {
  test(`account and slots are read from one pool of nodes: ${name}`, () => {
    const nodes = nodesOf(proof);
    const account = accountInState(stateRoot, proof.address as Address, nodes);
    assert.ok(account !== null);
    assert.equal(account.codeHash, proof.codeHash);
    assert.equal(account.storageRoot, proof.storageHash);
    for (const { key, value } of proof.storageProof) {
      assert.equal(slotInStorage(account, word(key as Hash), nodes), word(value as Hash));
    }
  });
}

test("an account that is not there is proven not to be, where the nodes show the way's end", () => {
  const [{ stateRoot, proof }] = CASES as [Case];
  // Its path ends in the branch at the root or in one of the nodes given; a tree of a few accounts shows most ends.
  const absent = Array.from({ length: 64 }, (_, at) => word(at).replace(/^0x0{24}/, "0x") as Address).map((address) => {
    try {
      return accountInState(stateRoot, address, nodesOf(proof));
    } catch (error) {
      return (error as { code?: string }).code;
    }
  });
  assert.ok(absent.includes(null));
  assert.ok(absent.every((answer) => answer === null || answer === "PROOF_NODE_MISSING"));
});

const [REAL] = CASES as [Case];

for (const { name, reason, proof, blockNumber } of quorum.invalidProofs) {
  test(`never believed: ${name} (${reason})`, () => {
    const stateRoot = quorum.headers[blockNumber]?.stateRoot as Hash;
    const nodes = nodesOf(proof);
    const read = () => {
      const account = accountInState(stateRoot, proof.address as Address, nodes);
      assert.ok(account !== null);
      return proof.storageProof.map(({ key }) => slotInStorage(account, word(key as Hash), nodes));
    };
    // A value is read from the tree: what stands beside it is nobody's claim.
    if (name === "storage-value-changed") {
      assert.notDeepEqual(
        read(),
        proof.storageProof.map(({ value }) => word(value as Hash)),
      );
    } else if (name === "storage-key-swapped") {
      const swapped = proof.storageProof.map(({ value }) => word(value as Hash));
      try {
        assert.notDeepEqual(read(), swapped);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "PROOF_NODE_MISSING");
      }
    } else assert.throws(read, { code: "PROOF_NODE_MISSING" });
  });
}

test("a changed byte of any node makes the node another one, so that the way to the value is missing", () => {
  const { stateRoot, proof } = REAL;
  const all = [...new Set([proof.accountProof, ...proof.storageProof.map(({ proof }) => proof)].flat())];
  const bytes = all.map((node) => toBytes(node as Hash));
  const before = proof.storageProof.map(({ value }) => word(value as Hash));
  fc.assert(
    fc.property(fc.nat(all.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, change) => {
      const altered = bytes.map((node) => node.slice());
      const node = altered[which] as Uint8Array;
      node[at % node.length] = (node[at % node.length] as number) ^ change;
      const nodes = trieNodes(altered);
      for (const [slot, { key }] of proof.storageProof.entries()) {
        try {
          const account = accountInState(stateRoot, proof.address as Address, nodes);
          assert.ok(account !== null);
          assert.equal(slotInStorage(account, word(key as Hash), nodes), before[slot]);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "PROOF_NODE_MISSING");
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("an empty tree holds nothing, and needs no node to say so", () => {
  const account = {
    storageRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    codeHash: ZERO_HASH,
  } as const;
  assert.equal(slotInStorage(account, ZERO_HASH, new Map()), ZERO_HASH);
});

test("a node larger than any of a state tree is refused", () => {
  assert.throws(() => trieNodes([new Uint8Array(1_025)]), { code: "PROOF_NODE" });
});
