import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDid } from "../../../resolver/did/did.ts";
import { entryHistories, MAX_ENTRY_BYTES } from "../../../resolver/did/entries.ts";
import { methodOf } from "../../../resolver/did/entry-method.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import { ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { resolveVersion } from "../../../resolver/resolution/resolve.ts";
import { keyFault } from "../../../resolver/trust/key-fault.ts";
import { runs } from "../../helpers/property.ts";
import { eventsOfVector, type VectorEvent, type VectorIdentity } from "../../helpers/vector-events.ts";

const IDENTITY: VectorIdentity = {
  did: `did:mapae:local:0x${"5a".repeat(20)}`,
  chainId: 31_337,
  registry: `0x${"d1".repeat(20)}`,
};
const KEY = "0x0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
const OTHER = "0x02591ab771ebbcfd6d9cb9094d106528add1a69d44c2c1f627f089ec58b9c61adf";
const ACCOUNT = `0x${"01".repeat(20)}`;
const NOTE = (number: number) => ({
  attribute: "note",
  value: `0x${number.toString(16).padStart(4, "0")}${"00".repeat(4_094)}`,
});

/** Under each of these a key is published, or is not; some are of one key. */
const NAMES = [
  { attribute: "did/pub/P256/veriKey", value: KEY },
  { attribute: "did/pub/P256/veriKey/hex", value: KEY },
  { attribute: "did/pub/P256/sigAuth", value: KEY },
  { attribute: "did/pub/P256/veriKey", value: OTHER },
  { attribute: "did/pub/P256/veriKey", value: "0x0260fed4" },
  { delegate: ACCOUNT, type: "veriKey" },
  { delegate: ACCOUNT, type: "sigAuth" },
  NOTE(100),
] as const;

const write = fc.record({
  entry: fc.constantFrom(...NAMES),
  wait: fc.constantFrom(0, 1, 10, 200),
  validity: fc.constantFrom(0, 5, 300, 100_000, 100_000, "revoke" as const),
});
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;

/** Notes that fill the room but for one, for some time. */
const filling = fc.record({ count: fc.constantFrom(0, 0, 0, 15), validity: fc.constantFrom(100, 500, 100_000) });

function vectorsOf({ count, validity }: { count: number; validity: number }, writes: readonly Write[]): VectorEvent[] {
  let [block, time] = [10, 1_000];
  const notes = Array.from({ length: count }, (_, at) => ({ block, time, ...NOTE(at), validTo: time + validity }));
  const rest = writes.map(({ entry, wait, validity }) => {
    block++;
    time += wait;
    return { block, time, ...entry, validTo: validity === "revoke" ? 0 : time + validity };
  });
  return [...notes, ...rest];
}
test("a key is good at a moment exactly when the document of that versionTime asserts by it, unless it is revoked", async () => {
  const seen: Record<string, number> = {};
  const history = fc.tuple(filling, fc.array(write, { minLength: 1, maxLength: 20 }));
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.record({ near: fc.nat(), offset: fc.integer({ min: -1, max: 6 }) }),
      async ([full, writes], { near, offset }) => {
        const events = eventsOfVector(IDENTITY, vectorsOf(full, writes));
        const last = (events.at(-1)?.time ?? 0) + 400;
        const at = (events[near % events.length]?.time ?? 0) + offset;
        const context = {
          did: parseDid(IDENTITY.did),
          chainId: IDENTITY.chainId,
          asOf: { number: 1_000, hash: ZERO_HASH, time: last, finalizedBlock: 1_000 },
          now: last,
        };
        const asserting: readonly string[] = await resolveVersion(context, events, { versionTime: at }).then(
          ({ document }) => document?.assertionMethod ?? [],
          (error) => {
            assert(error instanceof ResolutionError && error.code === "NOT_FOUND", String(error));
            return [];
          },
        );
        const published = entryHistories(events);
        const fragments = new Set([...published, ...FIXED].flatMap((entry) => methodOf(entry)?.fragment ?? []));
        for (const fragment of fragments) {
          const standing = keyFault(events, fragment, at);
          seen[standing ?? "good"] = (seen[standing ?? "good"] ?? 0) + 1;
          const entries = published.filter((entry) => methodOf(entry)?.fragment === fragment);
          const isRevoked = entries.some(({ changes }) => changes.at(-1)?.validTo === 0);
          assert.equal(standing === "keyRevoked", isRevoked);
          if (isRevoked) continue;
          const isGood = asserting.includes(`${IDENTITY.did}#${fragment}`);
          assert.equal(standing === undefined, isGood, `${fragment} at ${at} is ${standing ?? "good"}`);
        }
      },
    ),
    runs(400),
  );
  for (const standing of ["good", "keyRevoked", "keyExpired", "keyNotYetValid", "unknownKey"]) {
    assert((seen[standing] ?? 0) > 25, `${standing}: ${JSON.stringify(seen)}`);
  }
});

/** The same entries, written once: their fragments are asked for even where a history has none of them. */
const FIXED = entryHistories(
  eventsOfVector(
    IDENTITY,
    NAMES.map((entry) => ({ block: 1, time: 1, ...entry, validTo: 2 })),
  ),
);

test("a key that was written while the room was full is none, in no document and for no verifier, until it is set with room", async () => {
  const hidden = NAMES[3];
  const notes = Array.from({ length: 15 }, (_, at) => ({ block: 10, time: 1_000, ...NOTE(at), validTo: 5_000 }));
  const rest = { attribute: "note", value: `0x${"00".repeat(MAX_ENTRY_BYTES - 15 * (32 + 4_096) - 32)}` };
  notes.push({ block: 10, time: 1_000, ...rest, validTo: 5_000 });
  const vectors = [...notes, { block: 11, time: 1_001, ...hidden, validTo: 9_000 }];
  const fragment = methodOf(FIXED[3] ?? assert.fail())?.fragment ?? assert.fail();
  const standing = (list: readonly VectorEvent[], at: number) => keyFault(eventsOfVector(IDENTITY, list), fragment, at);
  assert.equal(standing(vectors.slice(1), 1_002), undefined, "with one note less it is there");
  assert.equal(standing(vectors, 1_002), "unknownKey");
  assert.equal(standing(vectors, 6_000), "unknownKey", "room that comes later lets nothing in that was written before");
  const again = [...vectors, { block: 12, time: 6_000, ...hidden, validTo: 9_000 }];
  assert.deepEqual([standing(again, 1_002), standing(again, 6_000)], ["keyNotYetValid", undefined]);
});
