import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { calculateJwkThumbprint, importJWK } from "jose";
import { type DidDocument, didDocument } from "../../../resolver/did/did-document.ts";
import { type Representation, represent } from "../../../resolver/resolution/representation.ts";
import { type History, history } from "../../helpers/history.ts";
import { runs } from "../../helpers/property.ts";
import { stateOfVector, type VectorEvent, type VectorIdentity } from "../../helpers/vector-events.ts";

interface DocumentVector extends VectorIdentity {
  readonly description: string;
  readonly events: readonly VectorEvent[];
  readonly answers: readonly {
    readonly at: number;
    readonly holdsUntil: number | null;
    readonly validTo: Record<string, number>;
    readonly documents: Record<Representation, DidDocument>;
  }[];
}

const VECTORS = new URL("../../vectors/valid/documents/", import.meta.url);
const vectors = readdirSync(VECTORS).map((file) => {
  const vector: DocumentVector = JSON.parse(readFileSync(new URL(file, VECTORS), "utf8"));
  return { file, vector };
});

for (const { file, vector } of vectors) {
  test(`${file}: ${vector.description}`, () => {
    const { did, chainId, events, answers } = vector;
    const state = stateOfVector(vector, events);
    for (const { at, holdsUntil, validTo, documents } of answers) {
      const { document, ...timed } = didDocument({ did, chainId, state, at });
      assert.equal(timed.holdsUntil ?? null, holdsUntil, `at ${at}`);
      assert.deepEqual(Object.fromEntries(timed.validTo), validTo, `at ${at}`);
      for (const [representation, wanted] of Object.entries(documents)) {
        const got = represent(document, representation as Representation);
        assert.deepEqual(got, wanted, `at ${at}`);
        // The same bytes for everybody: the order of members counts.
        assert.equal(JSON.stringify(got), JSON.stringify(wanted));
      }
    }
  });
}

test("every key of the vectors is named by its thumbprint, and others import it", async () => {
  const seen = new Set<string>();
  const methods = vectors.flatMap(({ vector }) =>
    vector.answers.flatMap(({ documents }) => documents["application/did"].verificationMethod),
  );
  for (const { id, publicKeyJwk: jwk } of methods) {
    if (jwk === undefined || seen.has(id)) continue;
    seen.add(id);
    assert.equal(id.slice(id.indexOf("#") + 1), await calculateJwkThumbprint(jwk));
    assert(jwk.kty !== "AKP", "the vectors have no key of ML-DSA");
    const { asymmetricKeyType } = createPublicKey({ key: { ...jwk }, format: "jwk" });
    assert.equal(asymmetricKeyType, { Ed25519: "ed25519", X25519: "x25519", "P-256": "ec", secp256k1: "ec" }[jwk.crv]);
    // WebCrypto, which jose works with, has no secp256k1.
    if (jwk.crv === "secp256k1") continue;
    const imported = await importJWK(jwk, { Ed25519: "EdDSA", X25519: "ECDH-ES", "P-256": "ES256" }[jwk.crv]);
    assert("type" in imported && imported.type === "public");
  }
  assert(seen.size >= 7, `only ${seen.size} keys`);
});

const IDENTITY: VectorIdentity = {
  did: `did:mapae:local:0x${"5a".repeat(20)}`,
  chainId: 31_337,
  registry: `0x${"d1".repeat(20)}`,
};

/** A history as events that nobody had to mine. */
function eventsOf({ entries, blocks }: History): VectorEvent[] {
  const events: VectorEvent[] = [];
  let time = 1_800_000_000;
  for (const [index, { after, writes }] of blocks.entries()) {
    time += after;
    const moment = { block: index + 1, time };
    for (const write of writes) {
      if (write.do === "deactivate") continue;
      if (write.do === "hand over") {
        events.push({ ...moment, owner: `0x${"0b".repeat(20)}` });
        continue;
      }
      const entry = entries[write.entry] ?? assert.fail();
      const validTo = write.do === "set" ? time + write.validity : 0;
      if (entry.kind === "attribute") {
        events.push({ ...moment, attribute: entry.name, value: entry.value, validTo });
      } else {
        events.push({ ...moment, type: entry.name, delegate: entry.value, validTo });
      }
    }
  }
  return events;
}

const someEvents = history.map(eventsOf).filter((events) => events.length > 0);

test("a document holds until the second it says, and of what is in it only what ends then is gone after that", () => {
  fc.assert(
    fc.property(
      someEvents,
      fc.nat({ max: 2_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (events, after, part) => {
        const state = stateOfVector(IDENTITY, events);
        const at = state.updated.time + after;
        const documentAt = (at: number) => didDocument({ ...IDENTITY, state, at });
        const { document, holdsUntil, validTo } = documentAt(at);
        const last = holdsUntil ?? at + 1_000_000_000;
        assert(last >= at);
        for (const moment of [last, at + Math.floor(part * (last - at))]) {
          assert.deepEqual(documentAt(moment).document, document);
        }
        const next = documentAt(last + 1).validTo;
        for (const [id, until] of validTo) {
          assert(until >= last);
          assert.equal(next.get(id), until > last ? until : undefined, `${id} at ${last + 1}`);
        }
      },
    ),
    runs(500),
  );
});

test("a document has each id once, relates only methods that it has, and nothing but its controller governs", () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const state = stateOfVector(IDENTITY, events);
      const { document } = didDocument({ ...IDENTITY, state, at: state.updated.time });
      const methods = document.verificationMethod.map(({ id }) => id);
      const ids = [...methods, ...(document.service ?? []).map(({ id }) => id)];
      assert.equal(new Set(ids).size, ids.length);
      for (const id of ids) assert.match(id, /^did:mapae:local:0x[0-9a-f]{40}#[A-Za-z0-9_-]+$/);

      const { assertionMethod = [], authentication = [], keyAgreement = [], capabilityInvocation = [] } = document;
      assert.deepEqual(capabilityInvocation, [`${IDENTITY.did}#controller`]);
      const related = new Set([...assertionMethod, ...authentication, ...keyAgreement]);
      assert.deepEqual([...related].sort(), methods.slice(1).sort());
      for (const list of [assertionMethod, authentication, keyAgreement]) {
        assert.equal(new Set(list).size, list.length);
      }
      assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
    }),
    runs(500),
  );
});

test("no name and no value breaks a document", () => {
  const name = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hexOf),
    fc.string({ unit: "binary", maxLength: 6 }).map((text) => `did/svc/${text}`),
    fc.constantFrom("did/svc/HubService", "did/svc/HubService/a", "did/aka", "did/pub/P256/veriKey"),
  );
  const value = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map(hexOf),
    fc.json(),
    fc.string({ unit: "binary" }),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(fc.array(fc.record({ attribute: name, value }), { minLength: 1, maxLength: 5 }), (attributes) => {
      const events = attributes.map((one) => ({ block: 1, time: 1, validTo: 2, ...one }));
      const state = stateOfVector(IDENTITY, events);
      const { document } = didDocument({ ...IDENTITY, state, at: 1 });
      assert.equal(document.id, IDENTITY.did);
      assert.equal(state.entries.length <= events.length, true);
    }),
    runs(2_000),
  );
});

function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

test("a delegate whose type is named like an attribute is no service and no other URI, and replaces no service", () => {
  // Addresses whose bytes are the text of a URI.
  const [delegate, other] = ["urn:example:12345678", "urn:example:87654321"].map(
    (text) => `0x${Buffer.from(text).toString("hex")}`,
  );
  const service = { attribute: "did/svc/Hub/main", value: "https://hub.example" };
  const type = "did/svc/Hub/main";
  const events = [{ delegate, type }, service, { delegate: other, type }, { delegate, type: "did/aka" }];
  const state = stateOfVector(
    IDENTITY,
    events.map((event, at) => ({ block: at + 1, time: 100, validTo: 900, ...event }) as VectorEvent),
  );
  assert.equal(state.entries.length, events.length);
  const { document } = didDocument({ ...IDENTITY, state, at: 200 });
  assert.deepEqual(document.service, [
    { id: `${IDENTITY.did}#main`, type: "Hub", serviceEndpoint: "https://hub.example" },
  ]);
  assert.equal(document.alsoKnownAs, undefined);
});

test("another URI that is the id of a key, a service or the controller changes the end of none", () => {
  const documentOf = (entries: readonly { attribute: string; value: string; validTo: number }[]) => {
    const events = entries.map((entry, at) => ({ block: at + 1, time: 100, ...entry }));
    return didDocument({ ...IDENTITY, state: stateOfVector(IDENTITY, events), at: 200 });
  };
  const own = [
    { attribute: "did/pub/X25519/enc", value: `0x${"09".repeat(32)}`, validTo: 800 },
    { attribute: "did/svc/Hub/main", value: "https://hub.example", validTo: 900 },
  ];
  const { document, validTo } = documentOf(own);
  assert.deepEqual([...validTo.values()], [800, 900]);
  const ids = [...document.verificationMethod, ...(document.service ?? [])].map(({ id }) => id);
  assert.equal(ids.length, 3);
  const named = documentOf([...ids.map((value) => ({ attribute: "did/aka", value, validTo: 5_000 })), ...own]);
  assert.deepEqual(named.document.alsoKnownAs, ids);
  assert.deepEqual(named.validTo, validTo);
});
