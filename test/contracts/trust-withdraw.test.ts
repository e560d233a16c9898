import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { assertReverts, eventsOf, mineAt, mined, now, setNextTime } from "../helpers/contracts.ts";
import { type Account, DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { grantId, TYPE_ID } from "../helpers/registries.ts";

/** A chain of four accepted grants that began a year ago, and who holds each. */
async function deployChain() {
  const trust = await deployTrust();
  const [agency, office, desk] = trust.others;
  assert(agency && office && desk);
  const terms = { notBefore: trust.start - YEAR };
  const holders: Account[] = [trust.ministry, agency, office, desk];
  const root = await trust.acceptedRoot(trust.ministry, terms);
  const second = await trust.acceptedBelow(root, trust.ministry, agency, terms);
  const third = await trust.acceptedBelow(second, agency, office, terms);
  const fourth = await trust.acceptedBelow(third, office, desk, terms);
  const withdraw = (granted: string, from: bigint, by: Account) => trust.trust.connect(by).withdraw(granted, from);
  return { ...trust, holders, grants: [root, second, third, fourth] as const, agency, office, desk, withdraw };
}

test("the council withdraws any grant from any date since its start", async () => {
  const { trust, grants, council, start, withdraw, error } = await deployChain();
  for (const granted of grants) {
    await assertReverts(
      withdraw(granted, start - YEAR - 1n, council),
      error("WithdrawalTooEarly", granted, start - YEAR - 1n, start - YEAR),
    );
    const { receipt } = await mined(withdraw(granted, start - YEAR, council));
    assert.deepEqual(eventsOf(receipt, trust), [["Withdrawn", granted, council.address, start - YEAR]]);
    assert.equal(await trust.holds(granted, start - YEAR), false);
  }
});

for (const distance of [1, 2, 3]) {
  test(`who holds a grant ${distance} above withdraws with a past date`, async () => {
    const { trust, grants, holders, start, withdraw } = await deployChain();
    await mined(withdraw(grants[3], start - DAY, holders[3 - distance] as Account));
    assert.equal(await trust.holds(grants[3], start - DAY - 1n), true);
    assert.equal(await trust.holds(grants[3], start - DAY), false);
  });
}

test("a grant above that no longer holds withdraws nothing", async () => {
  const { did, grants, agency, ministry, council, start, withdraw, error } = await deployChain();
  await withdraw(grants[1], 0n, council);
  await assertReverts(withdraw(grants[3], start, agency), error("Unauthorized", grants[3], agency.address));
  await mined(withdraw(grants[3], start, ministry));
  await did.connect(ministry).changeOwner(ministry.address, agency.address);
  await assertReverts(withdraw(grants[2], start, ministry), error("Unauthorized", grants[2], ministry.address));
  await mined(withdraw(grants[2], start, agency));
});

test("a subject withdraws its own from now on, and no earlier", async () => {
  const chain = await deployChain();
  const { trust, grants, desk, withdraw, error } = chain;
  const time = await now(chain);
  await setNextTime(chain, time);
  await assertReverts(withdraw(grants[3], time - 1n, desk), error("WithdrawalTooEarly", grants[3], time - 1n, time));
  await mined(withdraw(grants[3], time + DAY, desk));
  assert.equal(await trust.holds(grants[3], time + DAY - 1n), true);
  assert.equal(await trust.holds(grants[3], time + DAY), false);
  const { receipt, time: at } = await mined(withdraw(grants[3], 0n, desk));
  assert.deepEqual(eventsOf(receipt, trust), [["Withdrawn", grants[3], desk.address, at]]);
});

test("who controls a grant and one above it is not bound to now", async () => {
  const { did, trust, grants, office, desk, start, withdraw } = await deployChain();
  await did.connect(desk).changeOwner(desk.address, office.address);
  await mined(withdraw(grants[3], start - DAY, office));
  assert.equal(await trust.holds(grants[3], start - DAY), false);
});

test("nobody else withdraws a grant, and none that is not there", async () => {
  const { grants, desk, stranger, council, withdraw, error } = await deployChain();
  for (const [granted, by] of [
    [grants[3], stranger],
    [grants[2], desk],
    [grants[0], desk],
  ] as const) {
    await assertReverts(withdraw(granted, 0n, by), error("Unauthorized", granted, by.address));
  }
  await assertReverts(withdraw(id("none"), 0n, council), error("UnknownGrant", id("none")));
});

test("a withdrawal only moves to an earlier time", async () => {
  const { trust, grants, council, ministry, start, withdraw, error } = await deployChain();
  await withdraw(grants[1], start, ministry);
  for (const from of [start, start + 1n]) {
    await assertReverts(withdraw(grants[1], from, council), error("AlreadyWithdrawn", grants[1], from, start));
  }
  await mined(withdraw(grants[1], start - 1n, ministry));
  assert.equal((await trust.grantOf(grants[1])).withdrawnFrom, start - 1n);
});

test("a withdrawal lies before the end of the validity, also one from now", async () => {
  const chain = await deployChain();
  const { trust, grants, desk, council, ministry, withdraw, start, error } = chain;
  const end = start + YEAR;
  for (const by of [desk, ministry, council]) {
    for (const from of [end, end + 1n, 2n ** 48n - 1n]) {
      await assertReverts(withdraw(grants[3], from, by), error("WithdrawalTooLate", grants[3], from, end));
    }
  }
  await mined(withdraw(grants[3], end - 1n, desk));
  await mineAt(chain, end);
  const time = (await now(chain)) + 5n;
  await setNextTime(chain, time);
  await assertReverts(withdraw(grants[0], 0n, council), error("WithdrawalTooLate", grants[0], time, end));
  await mined(withdraw(grants[0], start, council));
  assert.equal((await trust.grantOf(grants[0])).withdrawnFrom, start);
});

test("eight withdrawals by the subject and eight from above end a grant's history; the council has no bound", async () => {
  const chain = await deployChain();
  const { trust, grants, desk, office, ministry, council, withdraw, start, error } = chain;
  const end = start + YEAR;
  assert.equal(await trust.getFunction("MAX_WITHDRAWALS")(), 8n);
  for (let count = 1n; count <= 8n; count++) await mined(withdraw(grants[3], end - count, desk));
  await assertReverts(withdraw(grants[3], end - 9n, desk), error("TooManyWithdrawals", grants[3]));
  // The subject's withdrawals do not count towards the bound of those from above.
  for (let count = 9n; count <= 16n; count++) {
    await mined(withdraw(grants[3], end - count, count % 2n === 0n ? office : ministry));
  }
  for (const by of [office, ministry]) {
    await assertReverts(withdraw(grants[3], end - 17n, by), error("TooManyWithdrawals", grants[3]));
  }
  const { ownWithdrawals, otherWithdrawals } = await trust.grantOf(grants[3]);
  assert.deepEqual([ownWithdrawals, otherWithdrawals], [8n, 8n]);
  for (let count = 17n; count <= 30n; count++) await mined(withdraw(grants[3], end - count, council));
  assert.deepEqual((await trust.grantOf(grants[3])).otherWithdrawals, 8n);
  // A grant above still ends it.
  await mined(withdraw(grants[2], start, ministry));
  assert.equal(await trust.holds(grants[3], start), false);
});

test("a grant that is to come is withdrawn from its start, by its subject as by the council", async () => {
  const trust = await deployTrust();
  const { ministry, council, start, root, error } = trust;
  const begins = start + DAY;
  for (const [number, by] of [ministry, council].entries()) {
    const granted = grantId(TYPE_ID, ministry.address, BigInt(number));
    await root(ministry, { notBefore: begins });
    const early = trust.trust.connect(by).withdraw(granted, begins - 1n);
    await assertReverts(early, error("WithdrawalTooEarly", granted, begins - 1n, begins));
    const { receipt } = await mined(trust.trust.connect(by).withdraw(granted, 0n));
    assert.deepEqual(eventsOf(receipt, trust.trust), [["Withdrawn", granted, by.address, begins]]);
  }
});

test("a pending grant can be withdrawn, and then not be accepted", async () => {
  const trust = await deployTrust();
  const { ministry, root, accept, error } = trust;
  const granted = grantId(TYPE_ID, ministry.address);
  await root(ministry);
  await trust.trust.connect(ministry).withdraw(granted, 0n);
  await assertReverts(accept(granted, ministry), error("NotHolding", granted));
});

test("a grant holds from its first second to the one before its end", async () => {
  const trust = await deployTrust();
  const { start } = trust;
  const granted = await trust.acceptedRoot(trust.ministry, { notBefore: start - DAY, notAfter: start + DAY });
  const at = (time: bigint) => trust.trust.holds(granted, time);
  const times = [start - DAY - 1n, start - DAY, start + DAY - 1n, start + DAY, start + DAY + 1n];
  assert.deepEqual(await Promise.all(times.map(at)), [false, true, true, false, false]);
});

test("a withdrawal of a link ends what hangs on it from that time, not before", async () => {
  for (const link of [0, 1, 2, 3] as const) {
    const chain = await deployChain();
    const { trust, grants, council, withdraw } = chain;
    const from = (await now(chain)) + DAY;
    await withdraw(grants[link], from, council);
    for (const [depth, granted] of grants.entries()) {
      assert.equal(await trust.holds(granted, from - 1n), true);
      assert.equal(await trust.holds(granted, from), depth < link);
    }
  }
});

test("the deactivation of a link's DID ends what hangs on it from that second, not before", async () => {
  for (const link of [0, 1, 2, 3] as const) {
    const chain = await deployChain();
    const { trust, grants, holders, deactivate } = chain;
    const { time } = await deactivate(holders[link] as Account);
    for (const [depth, granted] of grants.entries()) {
      assert.equal(await trust.holds(granted, time - 1n), true);
      for (const at of [time, time + 1n]) assert.equal(await trust.holds(granted, at), depth < link);
    }
  }
});

test("what was granted at or after a withdrawal's date is void, for times before it too", async () => {
  const chain = await deployChain();
  const { trust, grants, council, withdraw, agency, desk, start, acceptedBelow } = chain;
  const later = start + 10n * DAY;
  await mineAt(chain, later);
  const young = await acceptedBelow(grants[1], agency, desk, { notBefore: start - YEAR });
  const { createdAt } = await trust.grantOf(young);
  // Withdrawn a second after the grant was made: it stays good for before.
  await withdraw(grants[0], createdAt + 1n, council);
  assert.equal(await trust.holds(young, start), true);
  await withdraw(grants[0], createdAt, council);
  assert.equal(await trust.holds(young, start), false);
  assert.equal(await trust.holds(grants[3], start), true);
  assert.equal(await trust.holds(grants[3], createdAt), false);
});

test("a grant below a link that is void is void", async () => {
  const chain = await deployChain();
  const { trust, grants, council, withdraw, start } = chain;
  await withdraw(grants[0], start - DAY, council);
  for (const granted of grants.slice(1)) assert.equal(await trust.holds(granted, start - DAY - 1n), false);
  assert.equal(await trust.holds(grants[0], start - DAY - 1n), true);
});

test("a new grant to a parent revives nothing that a thief granted", async () => {
  const chain = await deployChain();
  const { trust, grants, ministry, agency, stranger, withdraw, acceptedBelow, start } = chain;
  const thiefs = await acceptedBelow(grants[1], agency, stranger);
  await withdraw(grants[1], start - DAY, ministry);
  assert.equal(await trust.isAccredited(TYPE_ID, stranger.address), false);
  await acceptedBelow(grants[0], ministry, agency, { notBefore: start - YEAR });
  assert.equal(await trust.isAccredited(TYPE_ID, agency.address), true);
  assert.equal(await trust.holds(thiefs, start), false);
  assert.equal(await trust.isAccredited(TYPE_ID, stranger.address), false);
});

test("a second parent can't take a grant over: it makes one of its own", async () => {
  const chain = await deployChain();
  const { trust, grants, stranger, desk, acceptedRoot, below, withdraw, error, start } = chain;
  const rogue = await acceptedRoot(stranger);
  const before = (await trust.grantOf(grants[3])).toArray();
  await mined(below(rogue, stranger, desk));
  assert.deepEqual((await trust.grantOf(grants[3])).toArray(), before);
  await assertReverts(withdraw(grants[3], start, stranger), error("Unauthorized", grants[3], stranger.address));
});

test("a new grant with a past start heals what a captured council withdrew", async () => {
  const chain = await deployChain();
  const { trust, grants, council, ministry, agency, withdraw, acceptedBelow, acceptedRoot, start } = chain;
  await withdraw(grants[0], start - YEAR, council);
  assert.equal(await trust.holds(grants[1], start - DAY), false);
  const root = await acceptedRoot(ministry, { notBefore: start - YEAR });
  const healed = await acceptedBelow(root, ministry, agency, { notBefore: start - YEAR });
  assert.equal(await trust.holds(healed, start - DAY), true);
});

test("a change of owner moves the say over grants with the DID", async () => {
  const { trust, did, grants, desk, stranger, withdraw, error } = await deployChain();
  await did.connect(desk).changeOwner(desk.address, stranger.address);
  await assertReverts(withdraw(grants[3], 0n, desk), error("Unauthorized", grants[3], desk.address));
  assert.equal(await trust.isAccredited(TYPE_ID, desk.address), true);
  await mined(withdraw(grants[3], 0n, stranger));
  assert.equal(await trust.isAccredited(TYPE_ID, desk.address), false);
});
