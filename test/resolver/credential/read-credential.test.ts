import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { CredentialError } from "../../../resolver/credential/credential-error.ts";
import { MAX_CREDENTIAL_LENGTH, readCredential } from "../../../resolver/credential/read-credential.ts";
import { listOf, verifyCredential } from "../../../resolver/credential/verify-credential.ts";
import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { ChainSimulator, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { evidenceAsOf } from "../../helpers/evidence.ts";
import { issuerOf } from "../../helpers/issue.ts";
import { name32 } from "../../helpers/keys.ts";
import { FOREVER, publicBytes } from "../../node/lists/served-node.ts";

const DID = formatDid("local", simulatedIdentity(1));
const TYPE = "https://types.example/0";
const TYPE_ID = keccak256Text(TYPE);
const LIST = "https://lists.example/0";
const base = { iss: DID, iat: 1_700_000_000, vct: TYPE, status: { status_list: { idx: 7, uri: LIST } } };
const entry = {
  type: "BitstringStatusListEntry",
  statusPurpose: "revocation",
  statusListIndex: "7",
  statusListCredential: `${LIST}/revocation`,
};
const vc = {
  "@context": ["https://www.w3.org/ns/credentials/v2"],
  type: ["VerifiableCredential", TYPE],
  issuer: { id: DID },
  validFrom: "2023-11-14T22:13:20Z",
  validUntil: "2033-11-14T22:13:20.5+09:00",
  credentialSubject: { id: "urn:x:1" },
  credentialStatus: entry,
};

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (payload: unknown, header: object = {}) =>
  `${part({ alg: "ES256", typ: "dc+sd-jwt", kid: `${DID}#k`, ...header })}.${part(payload)}.c2ln`;
const sd = (payload: unknown, header?: object, rest = "~") => `${jwt(payload, header)}${rest}`;
const w3c = (payload: unknown, header: object = {}) => jwt(payload, { typ: "vc+jwt", ...header });
const fails = (text: string, code: string, what = text) =>
  assert.throws(
    () => readCredential(text),
    (error) => error instanceof CredentialError && error.code === code,
    what,
  );

test("both formats say who issued them, what, when, and where their status is", () => {
  const common = {
    ...{ key: "k", type: TYPE, issuedAt: 1_700_000_000, keyBinding: null },
    ...{ status: { uri: LIST, index: 7 }, ignoredStatus: [] },
  };
  const shown = (text: string) => {
    const { issuer, jws: _, claims: _c, presented, ...rest } = readCredential(text);
    assert.ok(text.trim().startsWith(presented));
    return { ...rest, issuer: issuer.did };
  };
  const sdJwt = { ...common, issuer: DID, format: "sd-jwt-vc", validFrom: null, validUntil: null };
  assert.deepEqual(shown(sd(base)), sdJwt);
  assert.deepEqual(shown(` ${sd(base, { typ: "vc+sd-jwt", kid: "#k" })}\n`), sdJwt);
  const disclosure = part(["salt", "department", "민원실"]);
  const _sd = [createHash("sha256").update(disclosure).digest("base64url")];
  const binding = jwt({ nonce: "n" }, { typ: "kb+jwt" });
  const presentation = sd({ ...base, exp: 1_800_000_000.5, _sd }, {}, `~${disclosure}~${binding}`);
  assert.deepEqual(shown(presentation), { ...sdJwt, validUntil: 1_800_000_000, keyBinding: binding });
  const { presented, claims } = readCredential(presentation);
  assert.equal(presented + binding, presentation);
  assert.deepEqual(claims, { ...base, exp: 1_800_000_000.5, department: "민원실" });
  const dates = { validFrom: 1_700_000_000, validUntil: Math.floor(Date.parse(vc.validUntil) / 1_000) };
  const vcJwt = { ...common, ...dates, issuer: DID, format: "vc-jwt" };
  assert.deepEqual(shown(w3c(vc)), vcJwt);
  assert.deepEqual(
    shown(
      w3c({
        ...vc,
        credentialStatus: [
          entry,
          { ...entry, statusPurpose: "suspension", statusListCredential: `${LIST}/suspension` },
        ],
      }),
    ),
    vcJwt,
  );
  assert.deepEqual(shown(w3c({ ...vc, credentialStatus: undefined })), { ...vcJwt, status: null });
  const { type, credentialSubject } = vc;
  const context = "https://www.w3.org/2018/credentials/v1";
  const old = {
    ...{ iss: DID, nbf: 1_700_000_000 },
    vc: { "@context": [context], type, credentialSubject, credentialStatus: entry },
  };
  assert.deepEqual(shown(jwt(old, { typ: "JWT" })), { ...vcJwt, validUntil: null });
});

test("what breaks the format is refused", () => {
  for (const text of [
    "",
    "abc",
    "a.b",
    "a.b.c",
    "~",
    "~~",
    `${jwt(base)}`,
    "<xml/>",
    `${part({})}.!.c~`,
    `eyJ9.${part(base)}.x~`,
  ]) {
    fails(text, "CREDENTIAL_MALFORMED");
  }
  fails("x".repeat(MAX_CREDENTIAL_LENGTH + 1), "CREDENTIAL_MALFORMED");
  for (const typ of ["statuslist+jwt", "JWT", "vc+jwt", "kb+jwt", 5, null])
    fails(sd(base, { typ }), "CREDENTIAL_MALFORMED", String(typ));
  for (const typ of ["statuslist+jwt", "dc+sd-jwt", "at+jwt"]) fails(w3c(vc, { typ }), "CREDENTIAL_MALFORMED", typ);
  for (const kid of [undefined, "", "k", 5, "#", "#a b", `${DID}`, `${formatDid("local", simulatedIdentity(2))}#k`]) {
    fails(sd(base, { kid }), "CREDENTIAL_MALFORMED", String(kid));
  }
  const wrong: Record<string, unknown>[] = [
    { iss: undefined },
    { iss: 5 },
    { iss: DID, issuer: "did:web:other.example" },
    { iat: undefined },
    { iat: "1700000000" },
    { iat: -1 },
    { iat: 1e15 },
    { exp: "never" },
    { status: {} },
    { status: null },
    { status: { status_list: { idx: "7", uri: LIST } } },
    { status: { status_list: { idx: -1, uri: LIST } } },
    { status: { status_list: { idx: 0.5, uri: LIST } } },
    { status: { status_list: { idx: 7 } } },
    { status: { status_list: { idx: 7, uri: "x".repeat(2_001) } } },
    { deep: JSON.parse("[".repeat(64) + "]".repeat(64)) },
  ];
  for (const claims of wrong) fails(sd({ ...base, ...claims }), "CREDENTIAL_MALFORMED", JSON.stringify(claims));
  const wrongVc: Record<string, unknown>[] = [
    { issuer: undefined },
    { validFrom: undefined },
    { validFrom: "yesterday" },
    { validFrom: "2023-13-14T22:13:20Z" },
    { validUntil: 5 },
    { credentialStatus: { ...entry, statusListIndex: 7 } },
    { credentialStatus: { ...entry, statusListIndex: "07" } },
    { credentialStatus: [entry, { ...entry, statusListIndex: "8" }] },
    { credentialStatus: entry, status: { status_list: { idx: 8, uri: LIST } } },
    { credentialStatus: "https://lists.example/0" },
  ];
  for (const claims of wrongVc) fails(w3c({ ...vc, ...claims }), "CREDENTIAL_MALFORMED", JSON.stringify(claims));
});

test("white space or a line break within a token is said, and no forgery", () => {
  const good = sd(base);
  assert.equal(readCredential(`\n ${good}\r\n`).format, "sd-jwt-vc");
  for (const at of [1, good.indexOf(".") + 1, good.lastIndexOf(".") + 2, good.length - 1]) {
    for (const space of ["\n", "\r\n", " ", "\t", "\u00a0"]) {
      const text = good.slice(0, at) + space + good.slice(at);
      assert.throws(() => readCredential(text), { code: "CREDENTIAL_MALFORMED", message: /line breaks/ });
    }
  }
  for (const text of ["", "# A heading. And text", '{ "issuer": "did:mapae:…" }'])
    assert.throws(() => readCredential(text), { code: "CREDENTIAL_MALFORMED", message: /no SD-JWT and no JWT/ });
  for (const text of [good.replace("~", "=~"), `${good.slice(0, -1)}+~`]) fails(text, "CREDENTIAL_MALFORMED");
});

test("JSON that readers may read in two ways is refused: a name twice, a byte order mark, bytes that are no UTF-8", () => {
  const raw = (payload: string | Uint8Array) =>
    `${part({ alg: "ES256", typ: "dc+sd-jwt", kid: `${DID}#k` })}.${Buffer.from(payload).toString("base64url")}.c2ln~`;
  const text = JSON.stringify(base);
  assert.equal(readCredential(raw(text)).issuedAt, base.iat);
  const twice = text.replace("{", '{"exp":1,').replace(/}$/, ',"exp":2000000000}');
  const escaped = text.replace("{", '{"\\u0065xp":1,').replace(/}$/, ',"exp":2000000000}');
  const within = text.replace("{", '{"a":{"b":1,"c":[{"b":1}],"b":2},');
  const inTwoObjects = text.replace("{", '{"a":{"b":":{"},"c":[{"b":1},{"b":1}],');
  for (const bad of [twice, escaped, within, `\ufeff${text}`, text.slice(1), `[${text}]`]) {
    fails(raw(bad), "CREDENTIAL_MALFORMED", bad);
  }
  assert.equal(readCredential(raw(inTwoObjects)).issuedAt, base.iat);
  fails(
    raw(Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff), Buffer.from(`",${text.slice(1)}`)])),
    "CREDENTIAL_MALFORMED",
  );
  const head = Buffer.from('{"alg":"none","alg":"ES256","typ":"dc+sd-jwt","kid":"#k"}').toString("base64url");
  fails(`${head}.${part(base)}.c2ln~`, "CREDENTIAL_MALFORMED");
});

test("a credential of a world that Mapae knows nothing of is told apart from a broken one", () => {
  fails(sd({ ...base, iss: "https://issuer.example" }), "CREDENTIAL_UNSUPPORTED");
  fails(sd({ ...base, iss: "did:web:issuer.example" }), "CREDENTIAL_UNSUPPORTED");
  fails(sd({ ...base, vct: "official-id" }), "CREDENTIAL_UNSUPPORTED");
  fails(w3c({ ...vc, credentialStatus: { ...entry, type: "RevocationList2020Status" } }), "CREDENTIAL_UNSUPPORTED");
  fails(w3c({ ...vc, type: ["VerifiableCredential"] }), "CREDENTIAL_UNSUPPORTED");
  fails(w3c({ ...vc, type: ["VerifiableCredential", TYPE, `${TYPE}b`] }), "CREDENTIAL_UNSUPPORTED");
});

test("the list of a credential is its issuer's, by the number at the end of the URI", () => {
  const { issuer } = readCredential(sd(base));
  const at = (uri: string) => listOf({ issuer, status: { uri, index: 1 } });
  assert.equal(at("https://lists.example/x/12"), listIdOf(issuer.address, 12n));
  for (const uri of [
    "https://lists.example/012",
    "https://lists.example/",
    `https://lists.example/${2n ** 256n}`,
    "12",
    "",
  ]) {
    assert.equal(at(uri), undefined, uri);
  }
  assert.equal(listOf({ issuer, status: null }), undefined);
});

test("a signature by another key, forged disclosures and a credential that ran out are found out", async () => {
  const issuer = issuerOf(DID);
  const chain = new ChainSimulator();
  const key = { do: "key", identity: 1, algorithm: "P256", key: publicBytes(issuer.signer), validTo: FOREVER } as const;
  chain.mine([
    { do: "type", type: 0 },
    key,
    { do: "delegate", identity: 1, value: 3, validTo: FOREVER },
    { do: "grant", identity: 1, type: 0, parent: null },
    { do: "accept", identity: 1, type: 0, number: 0 },
    { do: "list", identity: 1, list: 0 },
  ]);
  const now = chain.tip.time;
  const judge = async (text: string, at = now) => {
    const credential = readCredential(text);
    const status = credential.status && { list: listOf(credential) ?? "0x", index: 7 };
    const question = {
      issuer: credential.issuer.address,
      key: credential.key,
      typeId: TYPE_ID,
      at,
      status,
    };
    const answer = await verifyCredential(credential, evidenceAsOf(chain.branch, question), {
      now: at,
      maxStaleness: 60,
    });
    return answer.verdict === "valid" ? "valid" : `${answer.verdict} ${answer.reason}`;
  };
  const good = await issuer.sdJwt({ type: TYPE, issuedAt: now, listUri: LIST, index: 7 });
  assert.equal(await judge(good), "valid");
  const [jws = "", disclosure = ""] = good.split("~");
  assert.equal(await judge(`${jws}~`), "valid", "the holder keeps it back");
  const binding = `${part({ alg: "ES256", typ: "kb+jwt" })}.e30.c2ln`;
  assert.equal(await judge(`${jws}~${disclosure}~${binding}`), "valid", "a key binding is not looked at");

  const [head = "", , signature = ""] = jws.split(".");
  const claims = JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString());
  assert.equal(await judge(`${head}.${part({ ...claims, iat: now - 1 })}.${signature}~`), "invalid badSignature");
  const none = `${part({ alg: "none", typ: "dc+sd-jwt", kid: issuer.signer.keyId })}.${part(claims)}.`;
  await assert.rejects(judge(`${none}~`), { code: "CREDENTIAL_UNSUPPORTED" });
  const stranger = issuerOf(DID);
  const theirs = await stranger.sdJwt({ type: TYPE, issuedAt: now, listUri: LIST, index: 7 });
  assert.equal(await judge(theirs), "invalid unknownKey");
  const [, body = "", sig = ""] = (theirs.split("~")[0] ?? "").split(".");
  assert.equal(await judge(`${head}.${body}.${sig}~`), "invalid badSignature", "it names a key that is not theirs");

  const forged = part(["salt", "department", "청와대"]);
  for (const text of [
    `${jws}~${forged}~`,
    `${jws}~${disclosure}~${disclosure}~`,
    `${jws}~e30~`,
    `${jws}~W10~`,
    `${jws}~!~`,
  ]) {
    await assert.rejects(judge(text), CredentialError, text.slice(-40));
  }
  assert.equal(createHash("sha256").update(disclosure).digest("base64url"), claims._sd[0]);

  const short = await issuer.sdJwt({ type: TYPE, issuedAt: now, listUri: LIST, index: 7, expiresAt: now + 10 });
  assert.equal(await judge(short, now + 9), "valid");
  assert.equal(await judge(short, now + 10), "invalid credentialExpired");

  const account = simulatedIdentity(3);
  const kid = `#delegate-${account.slice(2)}`;
  const byAccount = readCredential(`${part({ alg: "ES256", typ: "dc+sd-jwt", kid })}.${part(claims)}.${signature}~`);
  const question = { issuer: byAccount.issuer.address, key: byAccount.key, typeId: TYPE_ID, at: now };
  const status = { list: listOf(byAccount) ?? "0x", index: 7 } as const;
  const evidence = evidenceAsOf(chain.branch, { ...question, status });
  const delegates = (evidence.did ?? []).filter(({ type }) => type === "delegate");
  assert.equal(delegates.length, 1);
  const did = delegates.map((event) => ({ ...event, delegateType: name32("veriKey") }) as DidEvent);
  await assert.rejects(
    verifyCredential(byAccount, { ...evidence, did }, { now, maxStaleness: 60 }),
    (error) => error instanceof CredentialError && error.code === "CREDENTIAL_UNSUPPORTED",
    "an account's signature can't be checked, so nothing is valid",
  );
});
