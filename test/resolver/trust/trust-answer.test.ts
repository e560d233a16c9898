import assert from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "../../../resolver/chain/chain-reader.ts";
import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import { publicJwk, thumbprint } from "../../../resolver/did/key.ts";
import { type Hash, type Hex, ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { type GrantState, grantIdOf } from "../../../resolver/trust/apply-trust-event.ts";
import { keyFault } from "../../../resolver/trust/key-fault.ts";
import {
  type ListEvidence,
  type TrustEvidence,
  type TrustOptions,
  type TrustQuestion,
  trustAnswer,
} from "../../../resolver/trust/trust-answer.ts";
import { name32, publicKey } from "../../helpers/keys.ts";

const ISSUER: Hex = `0x${"a1".repeat(20)}`;
const ROOT: Hex = `0x${"b2".repeat(20)}`;
const TYPE: Hash = `0x${"77".repeat(32)}`;
const LIST = listIdOf(ISSUER, 0n);
const HASH: Hash = `0x${"ab".repeat(32)}`;
/** Years of the story, as Unix times of 1 000 s each. */
const T = (moment: number) => moment * 1_000;
const FAR = T(1_000);

const log: Log = {
  address: ROOT,
  topics: [],
  data: "0x",
  blockNumber: 0,
  blockHash: HASH,
  transactionHash: HASH,
  logIndex: 0,
};
const base = (moment: number) => ({ identity: ISSUER, previousChange: 0, block: moment, time: T(moment), log });

const BYTES = publicKey("P256", 5);
const jwk = publicJwk("P256", Buffer.from(BYTES.slice(2), "hex"));
assert(jwk);
const KEY = thumbprint(jwk);
const DELEGATE: Hex = `0x${"d1".repeat(20)}`;

function set(moment: number, validTo = FAR, name = "did/pub/P256/veriKey"): DidEvent {
  return { ...base(moment), type: "attribute", name: name32(name), value: BYTES, validTo };
}
function delegate(moment: number, validTo = FAR, type = "veriKey"): DidEvent {
  return { ...base(moment), type: "delegate", delegateType: name32(type), delegate: DELEGATE, validTo };
}
function deactivation(moment: number): DidEvent {
  return { ...base(moment), type: "owner", owner: ZERO_ADDRESS };
}

function grantOf(subject: Hex, parent: Hash | null, more: Partial<GrantState> = {}): GrantState {
  return {
    grantId: grantIdOf({ typeId: TYPE, subject, parent, number: 0 }),
    typeId: TYPE,
    subject,
    number: 0,
    parent,
    created: { block: 1, time: T(1) },
    notBefore: T(1),
    notAfter: FAR,
    mayGrant: true,
    label: "0x41",
    accepted: { block: 1, time: T(1) },
    withdrawnFrom: null,
    events: 1,
    head: HASH,
    ...more,
  };
}

const root = grantOf(ROOT, null);
const own = grantOf(ISSUER, root.grantId);

function trustOf(grants: readonly GrantState[], deactivated: Readonly<Record<Hex, number>> = {}) {
  const byId = new Map(grants.map((grant) => [grant.grantId, grant]));
  return { grant: (id: Hash) => byId.get(id), deactivatedAt: (subject: Hex) => deactivated[subject] };
}

const list: ListEvidence = {
  state: {
    list: LIST,
    typeId: TYPE,
    size: 131_072,
    closed: false,
    origin: { issuer: ISSUER, number: 0n, baseUri: "https://lists.example" },
  },
  closedAt: null,
  revoked: false,
  suspended: false,
};

const question: TrustQuestion = { issuer: ISSUER, key: KEY, typeId: TYPE, at: T(5), status: { list: LIST, index: 7 } };
const evidence: TrustEvidence = {
  asOf: { number: 10, hash: HASH, time: T(10), finalizedBlock: 10 },
  did: [set(2)],
  grants: [own],
  trust: trustOf([own, root]),
  list,
};
const options: TrustOptions = { now: T(10) + 30, maxStaleness: 60 };

/** The answer in short: the verdict, or its reasons. */
function answer(
  changed: Partial<TrustEvidence> = {},
  asked: Partial<TrustQuestion> = {},
  more: Partial<TrustOptions> = {},
) {
  const given = trustAnswer({ ...question, ...asked }, { ...evidence, ...changed }, { ...options, ...more });
  if (given.verdict === "valid") return "valid";
  const { verdict, reason } = given;
  return [verdict, reason, ...(verdict === "invalid" && given.grant ? [given.grant] : [])].join(" ");
}

test("a good credential is valid, and the answer names both clocks, its staleness and the chain to the root", () => {
  assert.deepEqual(trustAnswer(question, evidence, options), {
    verdict: "valid",
    asOf: { block: 10, hash: HASH, time: "1970-01-01T02:46:40Z", finalized: true },
    at: "1970-01-01T01:23:20Z",
    staleness: 30,
    status: "valid",
    chain: [own, root].map((grant) => ({ ...grant, label: "A" })),
  });
});

test("a credential without a status is valid without a list, and the answer says that it has none", () => {
  const without = trustAnswer({ ...question, status: null }, { ...evidence, list: undefined }, options);
  assert.deepEqual([without.verdict, without.status], ["valid", "none"]);
  const statusOf = (list: TrustEvidence["list"]) => trustAnswer(question, { ...evidence, list }, options).status;
  assert.equal(statusOf(undefined), "unknown");
  assert.equal(statusOf(null), "invalid");
  assert.equal(statusOf({ ...list, suspended: true }), "invalid");
  const badKey = trustAnswer({ ...question, key: "other" }, evidence, options);
  assert.deepEqual([badKey.verdict, badKey.status], ["invalid", "valid"], "the status alone");
});

test("each input that is missing makes the answer unknown, never valid, and never says that something does not exist", () => {
  for (const [missing, reason] of [
    ["did", "issuerUnavailable"],
    ["grants", "accreditationUnavailable"],
    ["trust", "accreditationUnavailable"],
    ["list", "statusUnavailable"],
  ] as const) {
    assert.equal(answer({ [missing]: undefined }), `unknown ${reason}`);
  }
  assert.equal(answer({ trust: trustOf([own]) }), "unknown accreditationUnavailable", "a link is missing");
  assert.equal(answer({ trust: trustOf([]) }), "unknown accreditationUnavailable", "the grant itself is");
  assert.equal(answer({ list: { ...list, state: { ...list.state, origin: null } } }), "unknown statusUnavailable");
  assert.equal(answer({}, {}, { now: T(10) + 61 }), "unknown stale");
  assert.equal(answer({}, {}, { now: T(10) + 60 }), "valid");
});

test("what is proven bad is invalid, whatever else is missing", () => {
  const nothing = { did: undefined, grants: undefined, trust: undefined, list: undefined };
  assert.equal(answer({ ...nothing, list: { ...list, revoked: true } }), "invalid revoked");
  assert.equal(answer({ ...nothing, did: [] }), "invalid unknownIssuer");
  assert.equal(answer({ ...nothing, grants: [], trust: trustOf([]) }), "invalid notAccredited");
});

test("a key is judged at the moment of issue with the knowledge of the block", () => {
  const cases: [what: string, did: DidEvent[], at: number, wanted: string][] = [
    ["the very second it was set", [set(2)], T(2), "valid"],
    ["the second before", [set(2)], T(2) - 1, "invalid keyNotYetValid"],
    ["the last second", [set(2, T(6))], T(6), "valid"],
    ["the second after", [set(2, T(6))], T(6) + 1, "invalid keyExpired"],
    ["set again for longer: from its first setting on", [set(2, T(4)), set(6)], T(3), "valid"],
    ["set again for shorter: what it replaced decides before", [set(2), set(6, T(7))], T(5), "valid"],
    ["set again for shorter: and it after", [set(2), set(6, T(7))], T(8), "invalid keyExpired"],
    ["between two validities", [set(2, T(3)), set(8)], T(5), "invalid keyExpired"],
    ["in the second of two validities", [set(2, T(3)), set(8)], T(8), "valid"],
    ["between a revocation and its healing", [set(2), set(6, 0), set(8)], T(7), "invalid keyExpired"],
    ["revoked later: bad for before, too", [set(2), set(8, 0)], T(5), "invalid keyRevoked"],
    ["revoked after it expired", [set(2, T(6)), set(8, 0)], T(5), "invalid keyRevoked"],
    ["revoked under another purpose", [set(2), set(8, 0, "did/pub/P256/sigAuth")], T(5), "invalid keyRevoked"],
    ["revoked under another encoding", [set(2), set(8, 0, "did/pub/P256/veriKey/hex")], T(5), "invalid keyRevoked"],
    ["revoked before it was ever set", [set(2, 0), set(6)], T(5), "invalid keyNotYetValid"],
    ["set again after a revocation: healed for all dates", [set(2), set(8, 0), set(9)], T(5), "valid"],
    ["published for another purpose only", [set(2, FAR, "did/pub/P256/sigAuth")], T(5), "invalid unknownKey"],
    ["published for assertions later", [set(2, FAR, "did/pub/P256/sigAuth"), set(6)], T(5), "invalid keyNotYetValid"],
    ["another key", [delegate(2)], T(5), "invalid unknownKey"],
    ["never written", [], T(5), "invalid unknownIssuer"],
    ["deactivated later", [set(2), deactivation(6)], T(6) - 1, "valid"],
    ["deactivated by then", [set(2), deactivation(6)], T(6), "invalid issuerDeactivated"],
  ];
  for (const [what, did, at, wanted] of cases) assert.equal(answer({ did }, { at }), wanted, what);
});

test("an account that signs as a delegate is judged by the same rules", () => {
  const fragment = `delegate-${DELEGATE.slice(2)}`;
  assert.equal(keyFault([delegate(2)], fragment, T(5)), undefined);
  assert.equal(keyFault([delegate(2, T(4))], fragment, T(5)), "keyExpired");
  assert.equal(keyFault([delegate(2), delegate(6, 0)], fragment, T(5)), "keyRevoked");
  assert.equal(keyFault([delegate(2), delegate(6, 0, "sigAuth")], fragment, T(5)), "keyRevoked");
  assert.equal(keyFault([delegate(2, FAR, "sigAuth")], fragment, T(5)), "unknownKey");
  assert.equal(keyFault([delegate(2, FAR, "status")], fragment, T(5)), "unknownKey");
});

test("the issuer's accreditation is judged at the moment of issue, up to the root", () => {
  const judged = (mine: Partial<GrantState>, above: Partial<GrantState> = {}, deactivated = {}) => {
    const grants = [
      { ...own, ...mine },
      { ...root, ...above },
    ];
    return answer({ grants: grants.slice(0, 1), trust: trustOf(grants, deactivated) });
  };
  assert.equal(answer({ grants: [] }), "invalid notAccredited");
  assert.equal(judged({ accepted: null }), "invalid notAccredited pending");
  assert.equal(judged({ notBefore: T(5) + 1 }), "invalid notAccredited notYetValid");
  assert.equal(judged({ notAfter: T(5) }), "invalid notAccredited expired");
  assert.equal(judged({ withdrawnFrom: T(5) }), "invalid notAccredited withdrawn", "with a past date");
  assert.equal(judged({ withdrawnFrom: T(5) + 1 }), "valid", "what was issued before stays good");
  assert.equal(judged({}, { withdrawnFrom: T(4) }), "invalid notAccredited withdrawn");
  assert.equal(judged({}, { withdrawnFrom: T(1) }), "invalid notAccredited void");
  assert.equal(judged({}, {}, { [ROOT]: T(5) }), "invalid notAccredited deactivated");
  const second = grantOf(ISSUER, root.grantId, {
    grantId: grantIdOf({ typeId: TYPE, subject: ISSUER, parent: root.grantId, number: 1 }),
    number: 1,
  });
  const withdrawn = { ...own, withdrawnFrom: T(2) };
  const healed = { grants: [withdrawn, second], trust: trustOf([withdrawn, second, root]) };
  assert.equal(answer(healed), "valid", "a later grant heals it");
  for (const foreign of [
    { ...own, subject: ROOT },
    { ...own, typeId: HASH },
  ]) {
    assert.equal(answer({ grants: [foreign], trust: trustOf([foreign, root]) }), "invalid notAccredited");
  }
});

test("the status is that of the block; the list must be the issuer's own, of that type, and open at the moment of issue", () => {
  const of = (more: Partial<ListEvidence>, asked: Partial<TrustQuestion> = {}) =>
    answer({ list: { ...list, ...more } }, asked);
  const state = (more: object) => ({ state: { ...list.state, ...more } });
  assert.equal(of({ revoked: true }), "invalid revoked");
  assert.equal(of({ suspended: true }), "invalid suspended");
  assert.equal(of({ revoked: true, suspended: true }), "invalid revoked");
  assert.equal(of({ closedAt: T(5) }), "invalid listClosed");
  assert.equal(of({ closedAt: T(5) + 1 }), "valid");
  assert.equal(answer({ list: null }), "invalid unknownList");
  assert.equal(of(state({ typeId: HASH })), "invalid foreignList");
  assert.equal(of(state({ list: HASH })), "invalid foreignList");
  assert.equal(of(state({ origin: { issuer: ROOT, number: 0n, baseUri: null } })), "invalid foreignList");
  for (const index of [131_072, -1, 0.5]) {
    assert.equal(of({}, { status: { list: LIST, index } }), "invalid unknownIndex");
  }
});

test("a credential of the future is invalid, but for clocks that differ by a minute", () => {
  const now = T(10);
  assert.equal(answer({}, { at: now + 60 }, { now }), "valid");
  assert.equal(answer({}, { at: now + 61 }, { now }), "invalid notYetIssued");
});
