import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { ChainDataError, HistoryIncompleteError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { standingOf } from "../../../resolver/trust/accreditation.ts";
import {
  applyGrantEvent,
  applyTypeAdded,
  type GrantState,
  grantIdOf,
} from "../../../resolver/trust/apply-trust-event.ts";
import { decodeTrustLog } from "../../../resolver/trust/decode-trust-log.ts";
import { ACTOR, CHAIN_ID, ISSUER, logOf, TIME, TYPE, trust } from "../registry-logs.ts";

/** A root that was made at `TIME` and accepted, for the year around. */
function acceptedGrant(number = 0, parent: Hash | null = null): GrantState {
  const grantId = grantIdOf({ typeId: TYPE, subject: ISSUER, parent, number });
  const args = [
    grantId,
    ACTOR,
    TYPE,
    ISSUER,
    BigInt(number),
    parent ?? `0x${"0".repeat(64)}`,
    TIME - 100,
    TIME + 100,
    true,
    "x",
  ];
  const event = decodeTrustLog(logOf(trust, "Granted", args), TIME);
  assert(event.type === "granted" && event.parent === parent);
  const state = applyGrantEvent(undefined, event, CHAIN_ID);
  const accepted = decodeTrustLog(logOf(trust, "Accepted", [grantId, ISSUER]), TIME);
  assert(accepted.type === "accepted");
  return applyGrantEvent(state, accepted, CHAIN_ID);
}

test("a grant's fold refuses a second creation or acceptance, a change of an unknown grant, and a withdrawal outside of its validity", () => {
  const state = acceptedGrant();
  const event = (name: string, args: unknown[]) => {
    const decoded = decodeTrustLog(logOf(trust, name, args), TIME);
    assert(decoded.type !== "typeAdded");
    return decoded;
  };
  const { grantId } = state;
  const again = event("Granted", [grantId, ACTOR, TYPE, ISSUER, 0n, id("p"), 1n, 2n, true, ""]);
  const other = event("Granted", [id("other"), ACTOR, TYPE, ISSUER, 0n, id("p"), 1n, 2n, true, ""]);
  const accepted = event("Accepted", [grantId, ISSUER]);
  const withdrawn = (from: number) => event("Withdrawn", [grantId, ISSUER, BigInt(from)]);
  assert.throws(() => applyGrantEvent(state, again, CHAIN_ID), HistoryIncompleteError);
  assert.throws(() => applyGrantEvent(undefined, other, CHAIN_ID), ChainDataError);
  assert.throws(() => applyGrantEvent(undefined, accepted, CHAIN_ID), HistoryIncompleteError);
  assert.throws(() => applyGrantEvent(state, accepted, CHAIN_ID), HistoryIncompleteError);
  assert.throws(() => applyGrantEvent(state, withdrawn(TIME - 101), CHAIN_ID), HistoryIncompleteError);
  const ended = applyGrantEvent(state, withdrawn(TIME), CHAIN_ID);
  assert.equal(ended.withdrawnFrom, TIME);
  assert.throws(() => applyGrantEvent(ended, withdrawn(TIME), CHAIN_ID), HistoryIncompleteError);
  assert.equal(applyGrantEvent(ended, withdrawn(TIME - 1), CHAIN_ID).withdrawnFrom, TIME - 1);
  assert.throws(() => applyGrantEvent(state, withdrawn(TIME + 100), CHAIN_ID), HistoryIncompleteError);
  assert.equal(applyGrantEvent(state, withdrawn(TIME + 99), CHAIN_ID).withdrawnFrom, TIME + 99);
  const type = decodeTrustLog(logOf(trust, "TypeAdded", [id("wrong"), ACTOR, "urn:type", "urn:s", id("s")]), TIME);
  assert(type.type === "typeAdded");
  assert.throws(() => applyTypeAdded(type, CHAIN_ID), ChainDataError);
});

test("an extension moves the end of a grant to a later time, and nothing else", () => {
  const state = acceptedGrant();
  const extended = (notAfter: number) => {
    const event = decodeTrustLog(logOf(trust, "Extended", [state.grantId, ACTOR, BigInt(notAfter)]), TIME);
    assert(event.type === "extended");
    assert.deepEqual([event.grantId, event.actor, event.notAfter], [state.grantId, ACTOR, notAfter]);
    return event;
  };
  const next = applyGrantEvent(state, extended(TIME + 101), CHAIN_ID);
  assert.notEqual(next.head, state.head);
  assert.deepEqual(next, { ...state, notAfter: TIME + 101, events: 3, head: next.head });
  for (const late of [TIME + 100, TIME]) {
    assert.throws(() => applyGrantEvent(state, extended(late), CHAIN_ID), HistoryIncompleteError);
  }
  assert.throws(() => applyGrantEvent(undefined, extended(TIME), CHAIN_ID), HistoryIncompleteError);
});

test("a grant that does not hold says why, and at which link", () => {
  const root = acceptedGrant();
  const child = acceptedGrant(1, root.grantId);
  const judge = (change: { root?: Partial<GrantState>; child?: Partial<GrantState>; end?: number }, at = TIME) => {
    const grants = new Map(
      [root, child].map((one, index) => [one.grantId, { ...one, ...(index === 0 ? change.root : change.child) }]),
    );
    const lookup = { grant: (grantId: Hash) => grants.get(grantId), deactivatedAt: () => change.end };
    const { chain, ...standing } = standingOf(lookup, child.grantId, at);
    assert.equal(chain.length, 2);
    return standing;
  };
  const at = (reason: string, link: GrantState) => ({ holds: false, reason, link: link.grantId });
  assert.deepEqual(judge({}), { holds: true });
  assert.deepEqual(judge({ child: { accepted: null } }), at("pending", child));
  assert.deepEqual(judge({ root: { accepted: null } }), at("pending", root));
  assert.deepEqual(judge({}, TIME - 101), at("notYetValid", child));
  assert.deepEqual(judge({}, TIME + 100), at("expired", child));
  assert.deepEqual(judge({ root: { notAfter: TIME } }), at("expired", root));
  assert.deepEqual(judge({ child: { withdrawnFrom: TIME } }), at("withdrawn", child));
  assert.deepEqual(judge({ root: { withdrawnFrom: TIME + 1 } }), { holds: true });
  assert.deepEqual(judge({ root: { withdrawnFrom: TIME } }), at("void", root));
  assert.deepEqual(judge({ end: TIME }), at("deactivated", child));
  assert.deepEqual(judge({ end: TIME + 1 }), { holds: true });
  const nobody = { grant: () => undefined, deactivatedAt: () => undefined };
  assert.deepEqual(standingOf(nobody, root.grantId, TIME), { ...at("unknownGrant", root), chain: [] });
  const links = Array.from({ length: 6 }, (_, at) => ({
    ...root,
    grantId: id(`${at}`) as Hash,
    parent: at === 0 ? null : (id(`${at - 1}`) as Hash),
  }));
  const byLink = { ...nobody, grant: (grantId: Hash) => links.find((one) => one.grantId === grantId) };
  const ofLinks = (count: number) => standingOf(byLink, id(`${count - 1}`) as Hash, TIME);
  assert.equal(ofLinks(4).chain.length, 4, "the contract grants no deeper");
  assert.throws(() => ofLinks(5), ChainDataError);
  const circle = { ...root, parent: root.grantId };
  assert.throws(() => standingOf({ ...nobody, grant: () => circle }, root.grantId, TIME), ChainDataError);
});
