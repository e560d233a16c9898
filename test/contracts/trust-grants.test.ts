import assert from "node:assert/strict";
import { test } from "node:test";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { assertReverts, eventsOf, mineAt, mined, now, setNextTime } from "../helpers/contracts.ts";
import { DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { grantId, TYPE_ID } from "../helpers/registries.ts";

const ROOTS_ROLE = id("mapae.roots");
const NEVER = 2n ** 48n - 1n;
const MAX_VALIDITY = 36_525n * DAY;

test("a root is granted by governance alone, and is stored as it was given", async () => {
  const trust = await deployTrust();
  const { ministry, council, start, root, stranger } = trust;
  const granted = grantId(TYPE_ID, ministry.address);
  const { receipt, time, block } = await mined(root(ministry, { label: "Ministry" }));
  assert.deepEqual(eventsOf(receipt, trust.trust), [
    [
      "Granted",
      granted,
      council.address,
      TYPE_ID,
      ministry.address,
      0n,
      ZeroHash,
      start,
      start + YEAR,
      true,
      "Ministry",
    ],
  ]);
  assert.deepEqual((await trust.trust.grantOf(granted)).toObject(), {
    subject: ministry.address,
    createdAt: time,
    notBefore: start,
    notAfter: start + YEAR,
    withdrawnFrom: NEVER,
    accepted: false,
    mayGrant: true,
    depth: 1n,
    createdBlock: block,
    ownWithdrawals: 0n,
    otherWithdrawals: 0n,
    extensions: 0n,
    parent: ZeroHash,
    typeId: TYPE_ID,
  });
  assert.equal(await trust.trust.grantCount(TYPE_ID, ministry.address), 1n);
  const call = trust.trust.connect(stranger).grantRoot(TYPE_ID, ministry.address, start, start + 1n, true, "");
  await assertReverts(call, {
    contract: trust.trust,
    name: "AccessControlUnauthorizedAccount",
    args: [stranger.address, ROOTS_ROLE],
  });
});

test("grants of one type to one subject are numbered from 0, and their events say the number", async () => {
  const trust = await deployTrust();
  const { ministry, root } = trust;
  for (const number of [0n, 1n, 2n]) {
    const { receipt } = await mined(root(ministry));
    const [event] = eventsOf(receipt, trust.trust);
    assert.deepEqual([event?.[1], event?.[5]], [grantId(TYPE_ID, ministry.address, number), number]);
    assert.equal(await trust.trust.grantCount(TYPE_ID, ministry.address), number + 1n);
  }
});

test("a root of a type that was never added is refused", async () => {
  const { trust, ministry, start, error } = await deployTrust();
  const unknown = id("nothing");
  const call = trust.grantRoot(unknown, ministry.address, start, start + YEAR, true, "");
  await assertReverts(call, error("UnknownType", unknown));
});

test("a root's validity is not empty and ends at most 36 525 days from now", async () => {
  const trust = await deployTrust();
  const { ministry, root, error } = trust;
  const time = await now(trust);
  const latest = time + MAX_VALIDITY;
  for (const [notBefore, notAfter] of [
    [time, time],
    [time + 1n, time],
    [0n, latest + 1n],
  ] as const) {
    await setNextTime(trust, time);
    await assertReverts(
      root(ministry, { notBefore, notAfter }),
      error("InvalidValidity", notBefore, notAfter, 0n, latest),
    );
  }
  await setNextTime(trust, time);
  await mined(root(ministry, { notBefore: 0n, notAfter: latest }));
  await mined(root(ministry, { notBefore: time, notAfter: time + 1n }));
});

test("a label has up to 96 bytes", async () => {
  const { trust, ministry, start, root, error } = await deployTrust();
  const label = "행".repeat(32);
  await mined(root(ministry, { label }));
  await mined(root(ministry, { label: "" }));
  const call = trust.grantRoot(TYPE_ID, ministry.address, start, start + YEAR, true, `${label}!`);
  await assertReverts(call, error("LabelTooLong", 97n, 96n));
});

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

test("a subject that may not grant, does not", async () => {
  const trust = await deployTrust();
  const parent = await trust.acceptedRoot(trust.ministry, { mayGrant: false });
  await assertReverts(trust.below(parent, trust.ministry, trust.issuer), trust.error("MayNotGrant", parent));
});

test("nothing is granted below a grant that is pending, to come, over, withdrawn, or of a deactivated DID", async () => {
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

test("a grant counts for nothing until its subject's controller accepts it", async () => {
  const trust = await deployTrust();
  const { ministry, stranger, council, root, accept, error } = trust;
  const granted = grantId(TYPE_ID, ministry.address);
  await root(ministry);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, ministry.address), false);
  for (const by of [stranger, council]) {
    await assertReverts(accept(granted, by), error("Unauthorized", granted, by.address));
  }
  await assertReverts(accept(id("none"), ministry), error("UnknownGrant", id("none")));
  const { receipt } = await mined(accept(granted, ministry));
  assert.deepEqual(eventsOf(receipt, trust.trust), [["Accepted", granted, ministry.address]]);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, ministry.address), true);
  assert.equal((await trust.trust.openGrants(TYPE_ID, ministry.address))[0], granted);
  await assertReverts(accept(granted, ministry), error("AlreadyAccepted", granted));
});

test("a subject's new controller accepts, and the one before it does not", async () => {
  const trust = await deployTrust();
  const { ministry, stranger, did, root, accept, error } = trust;
  const granted = grantId(TYPE_ID, ministry.address);
  await root(ministry);
  await did.connect(ministry).changeOwner(ministry.address, stranger.address);
  await assertReverts(accept(granted, ministry), error("Unauthorized", granted, ministry.address));
  const { receipt } = await mined(accept(granted, stranger));
  assert.deepEqual(eventsOf(receipt, trust.trust), [["Accepted", granted, stranger.address]]);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, ministry.address), true);
});

test("what does not hold now can't be accepted", async () => {
  const trust = await deployTrust();
  const { ministry, issuer, start, root, below, accept, error } = trust;
  const early = grantId(TYPE_ID, ministry.address);
  await root(ministry, { notBefore: start + DAY });
  await assertReverts(accept(early, ministry), error("NotHolding", early));
  const over = grantId(TYPE_ID, ministry.address, 1n);
  await root(ministry, { notBefore: start - DAY, notAfter: start });
  await assertReverts(accept(over, ministry), error("NotHolding", over));
  const parent = await trust.acceptedRoot(ministry);
  const child = grantId(TYPE_ID, issuer.address, 0n, parent);
  await below(parent, ministry, issuer);
  await trust.trust.withdraw(parent, 0n);
  await assertReverts(accept(child, issuer), error("NotHolding", child));
});

test("eight accepted grants hold at a time; one that no longer holds gives its place", async () => {
  const trust = await deployTrust();
  const { ministry, issuer, root, accept, error } = trust;
  const parent = await trust.acceptedRoot(ministry);
  const granted: string[] = [await trust.acceptedBelow(parent, ministry, issuer)];
  while (granted.length < 8) granted.push(await trust.acceptedRoot(issuer));
  const ninth = grantId(TYPE_ID, issuer.address, 8n);
  await root(issuer);
  await assertReverts(accept(ninth, issuer), error("TooManyOpenGrants", TYPE_ID, issuer.address));
  assert.deepEqual([...(await trust.trust.openGrants(TYPE_ID, issuer.address))], granted);

  // The parent's withdrawal ends the child, too.
  await trust.trust.withdraw(parent, 0n);
  await accept(ninth, issuer);
  const [first, ...rest] = await trust.trust.openGrants(TYPE_ID, issuer.address);
  assert.deepEqual([first, ...rest], [ninth, ...granted.slice(1)]);

  await trust.trust.withdraw(granted[7] as string, 0n);
  const last = await trust.acceptedRoot(issuer);
  assert.equal((await trust.trust.openGrants(TYPE_ID, issuer.address))[7], last);
});

test("an issuer is accredited while any of its grants holds", async () => {
  const trust = await deployTrust();
  const { issuer, stranger } = trust;
  const first = await trust.acceptedRoot(issuer);
  const second = await trust.acceptedRoot(issuer);
  await trust.trust.withdraw(first, 0n);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, issuer.address), true);
  await trust.trust.withdraw(second, 0n);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, issuer.address), false);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, stranger.address), false);
  assert.equal(await trust.trust.isAccredited(id("other"), issuer.address), false);
});

test("with all eight places taken by grants that no longer hold, nobody is accredited", async () => {
  const trust = await deployTrust();
  const { issuer, ministry } = trust;
  const parent = await trust.acceptedRoot(ministry);
  for (let i = 0; i < 8; i++) await trust.acceptedBelow(parent, ministry, issuer);
  await trust.trust.withdraw(parent, 0n);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, issuer.address), false);
});

test("1 000 grants by a rogue parent that nobody accepts change nothing for a subject", async () => {
  const trust = await deployTrust();
  const { ministry, issuer, stranger, start } = trust;
  const own = await trust.acceptedRoot(issuer);
  const rogue = await trust.acceptedRoot(stranger);
  const head = await trust.trust.head(own);
  const places = [...(await trust.trust.openGrants(TYPE_ID, issuer.address))];
  const call = trust.trust.interface.encodeFunctionData("grant", [
    rogue,
    issuer.address,
    start,
    start + DAY,
    true,
    "x",
  ]);
  for (let i = 0; i < 10; i++) await mined(trust.trust.connect(stranger).multicall(Array(100).fill(call)));
  assert.equal(await trust.trust.grantCount(TYPE_ID, issuer.address), 1_001n);
  assert.equal(await trust.trust.head(own), head);
  assert.deepEqual([...(await trust.trust.openGrants(TYPE_ID, issuer.address))], places);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, issuer.address), true);
  assert.equal(await trust.trust.isAccredited(TYPE_ID, ministry.address), false);
  await mined(trust.root(issuer));
  await mined(trust.accept(grantId(TYPE_ID, issuer.address, 1_001n), issuer));
});

test("what was never granted is all zero and does not hold", async () => {
  const { trust, start } = await deployTrust();
  assert.equal(await trust.holds(id("none"), start), false);
  assert.deepEqual((await trust.grantOf(id("none"))).toArray(), [
    ZeroAddress,
    0n,
    0n,
    0n,
    0n,
    false,
    false,
    0n,
    0n,
    0n,
    0n,
    0n,
    ZeroHash,
    ZeroHash,
  ]);
});
