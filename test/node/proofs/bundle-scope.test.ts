import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleScope, MAX_BUNDLE_SUBJECTS } from "../../../node/proofs/bundle-scope.ts";
import { MAX_ACCEPTED_GRANTS } from "../../../resolver/chain/accepted-slots.ts";
import { type Address, type Hash, word } from "../../../resolver/primitives/hex.ts";
import { simulatedIdentity, typeIdOf } from "../../helpers/simulated-events.ts";

const [ALICE, BOB, CAROL] = [simulatedIdentity(0), simulatedIdentity(1), simulatedIdentity(2)];
const [CARD, OTHER, UNUSED] = [typeIdOf(0), typeIdOf(1), typeIdOf(2)];

type Grant = readonly [id: number, subject: Address, typeId: Hash, accepted: number | null];
type List = readonly [id: number, issuer: Address, typeId: Hash];

function scopeOf(grants: readonly Grant[], lists: readonly List[], block: number, types = [CARD, UNUSED]) {
  const states = new Map(
    grants.map(([id, subject, typeId, at]) => {
      const accepted = at === null ? null : { block: at, time: 0 };
      return [word(id), { grantId: word(id), subject, typeId, accepted }];
    }),
  );
  const index = {
    accepted: { all: () => [...states.keys()] },
    lists: {
      of: (issuer: Address) => lists.flatMap(([id, of, typeId]) => (of === issuer ? [{ list: word(id), typeId }] : [])),
    },
    state: (_: "grant", id: Hash) => states.get(id),
  };
  type Arguments = Parameters<typeof bundleScope>;
  return bundleScope(index as unknown as Arguments[0], index as unknown as Arguments[1], {
    types: new Set(types),
    block,
  });
}

test("a bundle has its types, their grants that were accepted by its block, oldest first, and the holders with their lists of these types", () => {
  const grants: Grant[] = [
    [1, ALICE, CARD, 9],
    [3, BOB, CARD, 7],
    [2, ALICE, CARD, 7],
    [8, BOB, CARD, 7],
    [5, ALICE, OTHER, 1],
    [6, CAROL, CARD, null],
    [7, CAROL, CARD, 10],
  ];
  const lists: List[] = [
    [20, ALICE, CARD],
    [21, ALICE, OTHER],
    [22, BOB, CARD],
    [23, CAROL, CARD],
  ];
  const { subjects, accreditations } = scopeOf(grants, lists, 9);
  assert.deepEqual(
    subjects.map(({ kind, id, since }) => [kind, id, since]),
    [
      ["type", CARD, 0],
      ["type", UNUSED, 0],
      ["grant", word(2), 7],
      ["grant", word(3), 7],
      ["grant", word(8), 7],
      ["grant", word(1), 9],
      ["did", ALICE, 7],
      ["did", BOB, 7],
      ["list", word(20), 7],
      ["list", word(22), 7],
    ],
  );
  assert.deepEqual(accreditations, [
    { subject: ALICE, typeId: CARD, accepted: [7, 9] },
    { subject: BOB, typeId: CARD, accepted: [7, 7] },
  ]);
});

test("a bundle proves the number of a DID's accepted grants up to as many as a proof covers, and has the grants all the same", () => {
  const of = (count: number) =>
    scopeOf(
      Array.from({ length: count }, (_, at): Grant => [at, ALICE, CARD, at]),
      [],
      count,
    );
  const { accreditations } = of(MAX_ACCEPTED_GRANTS);
  assert.equal(accreditations[0]?.accepted.length, MAX_ACCEPTED_GRANTS);
  const beyond = of(MAX_ACCEPTED_GRANTS + 1);
  assert.deepEqual(beyond.accreditations, []);
  assert.equal(beyond.subjects.filter(({ kind }) => kind === "grant").length, MAX_ACCEPTED_GRANTS + 1);
});

test("types with more subjects than a bundle may have are refused", () => {
  const lists = (count: number) => Array.from({ length: count }, (_, at): List => [at, ALICE, CARD]);
  const grants: Grant[] = [[1, ALICE, CARD, 1]];
  // The type, the grant and the DID are subjects, too.
  assert.equal(scopeOf(grants, lists(MAX_BUNDLE_SUBJECTS - 3), 1, [CARD]).subjects.length, MAX_BUNDLE_SUBJECTS);
  assert.throws(() => scopeOf(grants, lists(MAX_BUNDLE_SUBJECTS - 2), 1, [CARD]), { code: "UNAVAILABLE" });
});
