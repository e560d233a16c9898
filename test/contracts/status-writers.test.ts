import assert from "node:assert/strict";
import { test } from "node:test";
import { id, ZeroAddress } from "ethers";
import { assertReverts, eventsOf, label, mineAt, mined, now } from "../helpers/contracts.ts";
import {
  accredit,
  BASE_URI,
  change,
  createList,
  deployRegistries,
  listId,
  REASON,
  type Registries,
  SIZE,
  TYPE_ID,
} from "../helpers/registries.ts";

const DAY = 86_400n;
const STATUS = label("status");

type Account = Registries["issuer"];

/** An issuer with a list in which credential 1 is suspended, and one delegate for statuses. */
async function deployWriters() {
  const registries = await deployRegistries();
  const list = await createList(registries);
  const { status, did, issuer, delegate } = registries;
  await status.connect(issuer).update(list, [change(0n, { suspend: 2n })], REASON);
  await did.connect(issuer).addDelegate(issuer.address, STATUS, delegate.address, DAY);
  const writes = (by: Account, which = list) => ({
    revoke: () => status.connect(by).update(which, [change(0n, { revoke: 1n })], REASON),
    suspend: () => status.connect(by).update(which, [change(0n, { suspend: 4n })], REASON),
    reinstate: () => status.connect(by).update(which, [change(0n, { reinstate: 2n })], REASON),
    checkpoint: () => status.connect(by).checkpoint(which, 0n, 1n),
  });
  const refused = async (by: Account, which = list, of = issuer) => {
    for (const write of Object.values(writes(by, which))) {
      const args = [of.address, by.address];
      await assertReverts(write(), { contract: status, name: "StatusRegistryUnauthorized", args });
    }
  };
  const allowed = async (by: Account) => {
    for (const write of Object.values(writes(by))) {
      const { receipt } = await mined(write());
      assert.equal(eventsOf(receipt, status)[0]?.[2], by.address);
    }
  };
  const notAccredited = (call: Promise<unknown>) => {
    const args = [issuer.address, TYPE_ID];
    return assertReverts(call, { contract: status, name: "StatusRegistryNotAccredited", args });
  };
  return { ...registries, list, writes, refused, allowed, notAccredited };
}

test("the controller and a valid delegate for statuses write to a list; each is the event's actor", async () => {
  const { issuer, delegate, allowed } = await deployWriters();
  await allowed(issuer);
  await allowed(delegate);
});

test("nobody else writes: not a stranger, the council, a relayer or another issuer's controller and delegate", async () => {
  const writers = await deployWriters();
  const { stranger, council, relayer, ministry, did, refused } = writers;
  const [another] = writers.others;
  assert(another);
  await accredit(writers, ministry);
  await did.connect(ministry).addDelegate(ministry.address, STATUS, another.address, DAY);
  for (const by of [stranger, council, relayer, ministry, another]) await refused(by);
});

test("an issuer writes to its own lists only, of the same type or another", async () => {
  const writers = await deployWriters();
  const { status, trust, council, ministry, issuer, delegate, refused } = writers;
  await accredit(writers, ministry);
  await status.connect(ministry).createList(ministry.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const uri = "https://types.example.org/welfare-card/v1";
  await trust.connect(council).addType(uri, uri, REASON);
  const grant = await trust
    .connect(council)
    .grantRoot.staticCall(id(uri), ministry.address, 0n, DAY * 36_500n, false, "");
  await trust.connect(council).grantRoot(id(uri), ministry.address, 0n, DAY * 36_500n, false, "");
  await trust.connect(ministry).accept(grant);
  await status.connect(ministry).createList(ministry.address, 1n, SIZE, id(uri), BASE_URI);
  for (const number of [0n, 1n]) {
    for (const by of [issuer, delegate]) await refused(by, listId(ministry.address, number), ministry);
  }
});

test("a delegate of another type, one that was revoked, and one that ran out don't write", async () => {
  const writers = await deployWriters();
  const { did, issuer, delegate, stranger, relayer, refused, allowed } = writers;
  const registry = did.connect(issuer);
  await registry.addDelegate(issuer.address, label("veriKey"), stranger.address, DAY);
  await refused(stranger);
  await registry.addDelegate(issuer.address, STATUS, relayer.address, DAY);
  await allowed(relayer);
  await registry.revokeDelegate(issuer.address, STATUS, relayer.address);
  await refused(relayer);
  // A delegate is valid to the last second.
  await mineAt(writers, (await now(writers)) + DAY - 100n);
  await allowed(delegate);
  await mineAt(writers, (await now(writers)) + 200n);
  await refused(delegate);
  await allowed(issuer);
});

test("a delegate of type suspend suspends, and revokes, reinstates and checkpoints nothing", async () => {
  const writers = await deployWriters();
  const { status, did, issuer, stranger, list } = writers;
  await did.connect(issuer).addDelegate(issuer.address, label("suspend"), stranger.address, DAY);
  const { revoke, suspend, reinstate, checkpoint } = writers.writes(stranger);
  const { receipt } = await mined(suspend());
  assert.equal(eventsOf(receipt, status)[0]?.[2], stranger.address);
  const refusal = { contract: status, name: "StatusRegistryUnauthorized", args: [issuer.address, stranger.address] };
  for (const write of [revoke, reinstate, checkpoint]) await assertReverts(write(), refusal);
  // A suspension in the same call does not make them possible.
  const as = status.connect(stranger);
  for (const hidden of [{ revoke: 1n }, { reinstate: 1n }, { revoke: 1n, reinstate: 1n }]) {
    const changes = [change(0n, { suspend: 8n }), change(1n, { suspend: 2n, ...hidden }), change(2n, { suspend: 1n })];
    await assertReverts(as.update(list, changes, REASON), refusal);
    // The same bit in two words does not make them possible, either.
    await assertReverts(as.update(list, [change(0n, hidden), change(1n, hidden)], REASON), refusal);
  }
  assert.deepEqual((await status.statusOf(list, 0n)).toArray(), [false, false]);
  await did.connect(issuer).revokeDelegate(issuer.address, label("suspend"), stranger.address);
  await assertReverts(suspend(), refusal);
});

test("an account that is a delegate of both types may do all that either may", async () => {
  const { did, issuer, stranger, allowed } = await deployWriters();
  for (const type of ["suspend", "status"]) {
    await did.connect(issuer).addDelegate(issuer.address, label(type), stranger.address, DAY);
  }
  await allowed(stranger);
});

test("a new owner writes, and the former one does not any more", async () => {
  const { did, issuer, stranger, delegate, refused, allowed } = await deployWriters();
  await did.connect(issuer).changeOwner(issuer.address, stranger.address);
  await allowed(stranger);
  await allowed(delegate);
  await refused(issuer);
});

test("the last owner of a deactivated issuer revokes and suspends but reinstates nothing; its delegates do neither", async () => {
  const { did, issuer, stranger, delegate, writes, refused, notAccredited } = await deployWriters();
  await did.connect(issuer).changeOwner(issuer.address, stranger.address);
  await did.connect(stranger).changeOwner(issuer.address, ZeroAddress);
  await refused(issuer);
  await refused(delegate);
  const { revoke, suspend, reinstate, checkpoint } = writes(stranger);
  for (const write of [revoke, suspend, checkpoint]) await mined(write());
  await notAccredited(reinstate());
});

test("without accreditation an issuer revokes and suspends, and reinstates nothing", async () => {
  const { trust, status, issuer, delegate, list, writes, allowed, notAccredited } = await deployWriters();
  const [granted] = await trust.openGrants(TYPE_ID, issuer.address);
  assert(granted);
  await trust.connect(issuer).withdraw(granted, 0n);
  for (const by of [issuer, delegate]) {
    const { revoke, suspend, reinstate, checkpoint } = writes(by);
    for (const write of [revoke, suspend, checkpoint]) await mined(write());
    await notAccredited(reinstate());
    // A suspension in the same call does not make it possible, either.
    const changes = [change(0n, { revoke: 1n }), change(1n, { reinstate: 1n })];
    await notAccredited(status.connect(by).update(list, changes, REASON));
    const twice = [change(0n, { reinstate: 1n }), change(1n, { reinstate: 1n })];
    await notAccredited(status.connect(by).update(list, twice, REASON));
  }
  await trust.connect(issuer).accept(await again());
  await allowed(issuer);

  async function again(): Promise<string> {
    const terms = [TYPE_ID, issuer.address, 0n, DAY * 36_500n, false, ""] as const;
    const next = await trust.grantRoot.staticCall(...terms);
    await trust.grantRoot(...terms);
    return next;
  }
});

test("an accreditation for another type reinstates nothing", async () => {
  const { trust, issuer, council, writes, notAccredited } = await deployWriters();
  const uri = "https://types.example.org/welfare-card/v1";
  await trust.connect(council).addType(uri, uri, REASON);
  const terms = [id(uri), issuer.address, 0n, DAY * 36_500n, false, ""] as const;
  const other = await trust.connect(council).grantRoot.staticCall(...terms);
  await trust.connect(council).grantRoot(...terms);
  await trust.connect(issuer).accept(other);
  const [granted] = await trust.openGrants(TYPE_ID, issuer.address);
  await trust.connect(issuer).withdraw(granted as string, 0n);
  await notAccredited(writes(issuer).reinstate());
});
