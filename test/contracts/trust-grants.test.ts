import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { assertReverts, eventsOf, mineAt, mined } from "../helpers/contracts.ts";
import { DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { grantId, TYPE_ID } from "../helpers/registries.ts";

const NEVER = 2n ** 48n - 1n;

test("the subject of a grant that holds grants on, at most four links deep", async () => {
  const trust = await deployTrust();
  const [second, third, fourth, fifth] = trust.others;
  assert(second && third && fourth && fifth);
  let parent = await trust.acceptedRoot(trust.ministry);
  let by = trust.ministry;
  for (const [depth, to] of [second, third, fourth].entries()) {
    const { receipt, time, block } = await mined(trust.below(parent, by, to, { label: "office" }));
    const granted = grantId(TYPE_ID, to.address, 0n, parent);
    const [event] = eventsOf(receipt, trust.trust);
    assert.deepEqual(event?.slice(0, 7), ["Granted", granted, by.address, TYPE_ID, to.address, 0n, parent]);
    await trust.accept(granted, to);
    const validity = [trust.start, trust.start + YEAR];
    assert.deepEqual((await trust.trust.grantOf(granted)).toArray(), [
      to.address,
      time,
      ...validity,
      NEVER,
      true,
      true,
      BigInt(depth + 2),
      block,
      0n,
      0n,
      0n,
      parent,
      TYPE_ID,
    ]);
    assert.equal(await trust.trust.isAccredited(TYPE_ID, to.address), true);
    [parent, by] = [granted, to];
  }
  await assertReverts(trust.below(parent, by, fifth), trust.error("TooDeep", parent));
});

test("nobody but the controller of the parent's subject grants below it", async () => {
  const trust = await deployTrust();
  const { ministry, issuer, stranger, council, did, below, error } = trust;
  const parent = await trust.acceptedRoot(ministry);
  for (const by of [stranger, council, issuer]) {
    await assertReverts(below(parent, by, issuer), error("Unauthorized", parent, by.address));
  }
  await did.connect(ministry).changeOwner(ministry.address, stranger.address);
  await assertReverts(below(parent, ministry, issuer), error("Unauthorized", parent, ministry.address));
  await mined(below(parent, stranger, issuer));
  await assertReverts(below(id("none"), ministry, issuer), error("UnknownGrant", id("none")));
});

test("a subject whose grant does not let it grant is refused", async () => {
  const trust = await deployTrust();
  const parent = await trust.acceptedRoot(trust.ministry, { mayGrant: false });
  await assertReverts(trust.below(parent, trust.ministry, trust.issuer), trust.error("MayNotGrant", parent));
});

test("nothing is granted below a grant that is pending, expired or withdrawn, or of a deactivated DID", async () => {
  const trust = await deployTrust();
  const { ministry, issuer, start, root, below, error } = trust;
  const pending = grantId(TYPE_ID, ministry.address);
  await root(ministry);
  await assertReverts(below(pending, ministry, issuer), error("NotHolding", pending));

  const short = await trust.acceptedRoot(ministry, { notAfter: start + DAY });
  const withdrawn = await trust.acceptedRoot(ministry);
  await trust.trust.withdraw(withdrawn, 0n);
  await assertReverts(below(withdrawn, ministry, issuer), error("NotHolding", withdrawn));
  await mineAt(trust, start + DAY);
  await assertReverts(below(short, ministry, issuer), error("NotHolding", short));

  const other = await deployTrust();
  const ended = await other.acceptedRoot(other.ministry);
  await other.deactivate(other.ministry);
  const refused = other.error("Unauthorized", ended, other.ministry.address);
  await assertReverts(other.below(ended, other.ministry, other.issuer), refused);
});

test("a grant's validity lies within its parent's, and may begin in the past", async () => {
  const trust = await deployTrust();
  const { ministry, issuer, start, below, error } = trust;
  const [earliest, latest] = [start - YEAR, start + YEAR];
  const parent = await trust.acceptedRoot(ministry, { notBefore: earliest, notAfter: latest });
  for (const [notBefore, notAfter] of [
    [earliest - 1n, latest],
    [earliest, latest + 1n],
    [start, start],
    [start + 1n, start],
  ] as const) {
    const refused = error("InvalidValidity", notBefore, notAfter, earliest, latest);
    await assertReverts(below(parent, ministry, issuer, { notBefore, notAfter }), refused);
  }
  await mined(below(parent, ministry, issuer, { notBefore: earliest, notAfter: latest }));
});
