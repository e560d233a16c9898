import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { assertReverts, eventsOf, mined } from "../helpers/contracts.ts";
import { DAY, deployTrust } from "../helpers/grants.ts";
import { grantId, TYPE_ID } from "../helpers/registries.ts";

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
