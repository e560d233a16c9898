import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CredentialError } from "../../../resolver/credential/credential-error.ts";
import { disclosureOf, ISSUER, judge, keyId, NOW, sign } from "../../helpers/credential-issuer.ts";
import { refusals } from "../../helpers/credential-oracles.ts";
import vectors from "../../vectors/credentials/verdicts.json" with { type: "json" };

const bases = JSON.parse(JSON.stringify(vectors.bases).replaceAll("{issuer}", ISSUER)) as typeof vectors.bases;

const time = fc.constantFrom<unknown>(
  0,
  1_700_000_100,
  NOW - 1,
  NOW,
  NOW + 1,
  NOW + 59,
  NOW + 1e6,
  1e12,
  -1,
  "1",
  null,
  0.5,
);
const date = fc.constantFrom<unknown>(
  ...["2023-11-14T22:15:00Z", "2023-11-16T02:00:01Z", "2024-02-30T00:00:00Z", "9999-12-31T23:59:59Z"],
  ...["2023-11-16T11:00:00+09:00", "yesterday", 1_731_536_100, null],
);
const entry = (index: unknown, purpose = "revocation") => ({
  ...{ type: "BitstringStatusListEntry", statusPurpose: purpose, statusListIndex: index },
  statusListCredential: `https://lists.example/0/${purpose}`,
});
const status = fc.constantFrom<unknown>(
  ...[
    { status_list: { idx: 42, uri: "https://lists.example/0" } },
    { status_list: { idx: 3, uri: "https://lists.example/0" } },
  ],
  ...[{}, null, "valid", { status_list: { idx: "42", uri: "https://lists.example/0" } }, { other: {} }],
);
const entries = fc.constantFrom<unknown>(
  entry("42"),
  entry("3"),
  [entry("42"), entry("42", "suspension")],
  entry(42),
  [],
  {},
);
const text = fc.constantFrom<unknown>(ISSUER, "did:web:other.example", "urn:x:1", "urn:x:2", 5, null, {});
const type = fc.constantFrom<unknown>(
  ...["https://types.example/0", "https://types.example/1", "VerifiableCredential", null],
  ...[["VerifiableCredential", "https://types.example/0"], ["https://types.example/0"], []],
);
const subject = fc.constantFrom<unknown>({ id: "urn:x:1" }, { id: "urn:x:2" }, { name: "a" }, {}, [], null, [
  { id: "urn:x:1" },
]);
const context = fc.constantFrom<unknown>(
  ...[["https://www.w3.org/ns/credentials/v2"], ["https://www.w3.org/2018/credentials/v1"], [], null],
  "https://www.w3.org/2018/credentials/v1",
);

/** A claim, and what it is changed into; `undefined` leaves it out. */
const change = (names: readonly string[], value: fc.Arbitrary<unknown>) =>
  fc.tuple(fc.constantFrom(...names), fc.option(value, { nil: undefined, freq: 4 }));
const changes = fc.array(
  fc.oneof(
    change(["iat", "nbf", "exp"], time),
    change(["validFrom", "validUntil", "issuanceDate", "expirationDate"], date),
    change(["status"], status),
    change(["credentialStatus"], entries),
    change(["iss", "issuer", "sub", "jti", "id", "aud"], text),
    change(["vct", "type", "aka_vcts"], type),
    change(["credentialSubject"], subject),
    change(["@context"], context),
    change(["vc", "vp"], fc.constantFrom<unknown>({}, null, bases.vc1.claims.vc)),
    change(["_sd_alg"], fc.constantFrom<unknown>("sha-256", "sha-512", 5)),
  ),
  { maxLength: 2 },
);
const headers = fc.option(
  fc.oneof(
    change(["alg"], fc.constantFrom<unknown>("ES256", "EdDSA", "Ed25519", "none", "ES384", 5)),
    change(["typ"], fc.constantFrom<unknown>("dc+sd-jwt", "application/vc+jwt", "JWT", "at+jwt", "kb+jwt", 5)),
    change(["crit"], fc.constantFrom<unknown>(["exp"], [], ["b64"])),
    change(["kid"], fc.constantFrom<unknown>("#k", keyId("Ed25519"), keyId("P-256").slice(ISSUER.length), 5)),
    change(["iss", "exp"], text),
  ),
  { nil: undefined, freq: 3 },
);
/** A disclosure, and where its digest is put. */
const disclosure = fc.record({
  parts: fc.oneof(
    fc.tuple(
      fc.constantFrom("a", "b"),
      fc.constantFrom("department", "address", "sub", "iat", "exp", "status", "_sd"),
      fc.constantFrom<unknown>("x", 5, { _sd: [] }),
    ),
    fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom<unknown>("KR", {})),
  ),
  into: fc.constantFrom("_sd", "_sd", "_sd", "array", "note", "nowhere", "nested"),
});
const ends = fc.oneof(
  { weight: 6, arbitrary: fc.constant("~") },
  { weight: 1, arbitrary: fc.constantFrom("", "~~", "~x~", "~e30.e30.e30", "\n~") },
);

const draft = fc.record({
  of: fc.constantFrom<keyof typeof bases>("sd", "vc", "vc1"),
  key: fc.constantFrom<"P-256" | "Ed25519">("P-256", "Ed25519"),
  changes,
  within: fc.option(changes, { nil: [], freq: 4 }),
  headers,
  disclosures: fc.option(fc.array(disclosure, { maxLength: 2 }), { nil: [], freq: 1 }),
  end: ends,
  /** A place at which one character of the whole text is replaced. */
  damage: fc.option(fc.tuple(fc.nat(), fc.constantFrom("A", "_", ".", "~", " ", "=")), { nil: undefined, freq: 8 }),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

const changed = (claims: object, list: Draft["changes"]) =>
  Object.fromEntries(
    Object.entries({ ...claims, ...Object.fromEntries(list) }).filter(([, value]) => value !== undefined),
  );

async function made({ of, key, changes, within, headers, disclosures, end, damage }: Draft): Promise<string> {
  const { header, claims } = bases[of];
  const own: Record<string, unknown> = changed(claims, changes);
  if (of === "vc1" && typeof own.vc === "object" && own.vc !== null) own.vc = changed(own.vc, within);
  const texts: string[] = [];
  for (const { parts, into } of of === "sd" ? disclosures : []) {
    const { text, digest } = disclosureOf(parts);
    texts.push(text);
    if (into === "_sd") own._sd = [...((own._sd as string[]) ?? []), digest];
    if (into === "array") own.nationalities = [{ "...": digest }, "JP"];
    if (into === "nested") own.address = { _sd: [digest], country: "KR" };
    if (into === "note") own.note = digest;
  }
  const alg = key === "P-256" ? "ES256" : "EdDSA";
  const jwt = await sign({
    header: changed({ alg, kid: keyId(key), ...header }, headers ? [headers] : []),
    claims: own,
    key,
  });
  const whole = of === "sd" ? [jwt, ...texts].join("~") + end : jwt;
  if (damage === undefined) return whole;
  const at = damage[0] % whole.length;
  return whole.slice(0, at) + damage[1] + whole.slice(at + 1);
}

test("whatever is valid here is taken by jose, @sd-jwt/sd-jwt-vc and did-jwt-vc too", async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(draft, async (drawn) => {
      const text = await made(drawn);
      let verdict: string;
      try {
        verdict = (await judge(text)).verdict;
      } catch (error) {
        if (!(error instanceof CredentialError)) throw error;
        verdict = error.code;
      }
      const what = `${drawn.of} ${verdict}`;
      seen.set(what, (seen.get(what) ?? 0) + 1);
      if (verdict === "valid") assert.deepEqual(await refusals(text), {}, text);
    }),
    { numRuns: 2_000, seed: 15 },
  );
  for (const of of Object.keys(bases)) {
    for (const verdict of ["valid", "invalid", "CREDENTIAL_MALFORMED", "CREDENTIAL_UNSUPPORTED"]) {
      assert.ok((seen.get(`${of} ${verdict}`) ?? 0) >= 5, `${of} ${verdict}: ${seen.get(`${of} ${verdict}`)}`);
    }
  }
});

test("the libraries refuse what they should, so that their word counts", async () => {
  const header = { alg: "ES256", kid: keyId("P-256"), ...bases.sd.header };
  const of = async (more: object) =>
    Object.keys(await refusals(`${await sign({ header, claims: { ...bases.sd.claims, ...more } })}~`));
  assert.deepEqual(await of({}), []);
  assert.deepEqual(await of({ exp: NOW - 100 }), ["@sd-jwt/sd-jwt-vc"]);
  assert.deepEqual(await of({ status: { status_list: { idx: 3, uri: "https://lists.example/0" } } }), [
    "@sd-jwt/sd-jwt-vc",
  ]);
  const old = { header: { ...header, typ: "JWT" }, claims: { ...bases.vc1.claims, exp: NOW - 100 } };
  assert.deepEqual(Object.keys(await refusals(await sign(old))), ["did-jwt-vc"]);
  const good = await sign({ header: { ...header, typ: "JWT" }, claims: bases.vc1.claims });
  const forged = good.replace(/\.[^.]+$/, `.${"A".repeat(86)}`);
  assert.deepEqual(Object.keys(await refusals(forged)), ["jose", "did-jwt-vc"]);
});
