import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { assertReverts, eventsOf, mineAt, mined, now, setNextTime } from "../helpers/contracts.ts";
import { DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { TYPE_ID } from "../helpers/registries.ts";

/** A root to the ministry for two years and a grant below it to the issuer for one. */
async function deployPair() {
  const chain = await deployTrust();
  const { trust, ministry, issuer, council, start } = chain;
  const root = await chain.acceptedRoot(ministry, { notAfter: start + 2n * YEAR });
  const child = await chain.acceptedBelow(root, ministry, issuer);
  const extend = (granted: string, notAfter: bigint, by = ministry) => trust.connect(by).extend(granted, notAfter);
  const noRole = (account: string) => ({
    contract: trust,
    name: "AccessControlUnauthorizedAccount",
    args: [account, id("mapae.roots")],
  });
  return { ...chain, root, child, extend, noRole, governance: council };
}

test("the controller of the parent's subject extends a grant up to the parent's end; nothing else of it changes", async () => {
  const { trust, ministry, child, start, extend } = await deployPair();
  const before = (await trust.grantOf(child)).toObject();
  for (const [index, end] of [start + YEAR + 1n, start + 2n * YEAR].entries()) {
    const { receipt } = await mined(extend(child, end));
    assert.deepEqual(eventsOf(receipt, trust), [["Extended", child, ministry.address, end]]);
    const extensions = BigInt(index) + 1n;
    assert.deepEqual((await trust.grantOf(child)).toObject(), { ...before, notAfter: end, extensions });
  }
  assert.equal(await trust.holds(child, start + 2n * YEAR - 1n), true);
  assert.equal(await trust.holds(child, start + 2n * YEAR), false);
});

test("an extension is later than the end that there is, and within the parent's", async () => {
  const { child, start, extend, error } = await deployPair();
  const [current, latest] = [start + YEAR, start + 2n * YEAR];
  for (const end of [0n, current - 1n, current, latest + 1n]) {
    await assertReverts(extend(child, end), error("InvalidExtension", child, end, current, latest));
  }
});

test("governance extends a root up to 36 525 days from then, and nobody else does", async () => {
  const chain = await deployPair();
  const { trust, governance, ministry, stranger, root, start, extend, noRole, error } = chain;
  for (const by of [ministry, stranger]) {
    await assertReverts(extend(root, start + 3n * YEAR, by), noRole(by.address));
  }
  const time = await now(chain);
  const latest = time + 36_525n * DAY;
  await setNextTime(chain, time);
  const tooLate = error("InvalidExtension", root, latest + 1n, start + 2n * YEAR, latest);
  await assertReverts(extend(root, latest + 1n, governance), tooLate);
  await setNextTime(chain, time);
  const { receipt } = await mined(extend(root, latest, governance));
  assert.deepEqual(eventsOf(receipt, trust), [["Extended", root, governance.address, latest]]);
});

test("nobody but who may grant it extends a grant: not its subject, a grant further above, the council or a former owner", async () => {
  const chain = await deployPair();
  const { did, ministry, issuer, stranger, council, child, others, start, extend, error } = chain;
  const [desk] = others;
  assert(desk);
  const below = await chain.acceptedBelow(child, issuer, desk, { notAfter: start + DAY });
  const end = start + 2n * DAY;
  for (const by of [desk, ministry, council, stranger]) {
    await assertReverts(extend(below, end, by), error("Unauthorized", below, by.address));
  }
  await did.connect(issuer).changeOwner(issuer.address, stranger.address);
  await assertReverts(extend(below, end, issuer), error("Unauthorized", below, issuer.address));
  await mined(extend(below, end, stranger));
  await assertReverts(extend(id("none"), end), error("UnknownGrant", id("none")));
});

test("what does not hold now is not extended: pending, over, withdrawn, or below such a one", async () => {
  const chain = await deployPair();
  const { trust, ministry, issuer, council, root, child, start, extend, error } = chain;
  await chain.below(root, ministry, issuer);
  const [, pending] = await trust.grantIds(TYPE_ID, issuer.address, 0n, 2n);
  assert(pending);
  await assertReverts(extend(pending, start + 2n * YEAR), error("NotHolding", pending));

  const short = await chain.acceptedBelow(root, ministry, issuer, { notAfter: start + DAY });
  await mineAt(chain, start + DAY);
  await assertReverts(extend(short, start + 2n * DAY), error("NotHolding", short));
  await trust.connect(council).withdraw(root, 0n);
  await assertReverts(extend(child, start + 2n * YEAR), error("NotHolding", child));
  await assertReverts(extend(root, start + 3n * YEAR, council), error("NotHolding", root));
});

test("a grant that is to be withdrawn still holds and can be extended, and ends at its withdrawal all the same", async () => {
  const { trust, ministry, child, start, extend } = await deployPair();
  await trust.connect(ministry).withdraw(child, start + 30n * DAY);
  await mined(extend(child, start + 2n * YEAR));
  assert.equal(await trust.holds(child, start + 30n * DAY), false);
});

test("a grant is extended 128 times, and not once more", async () => {
  const { trust, ministry, child, start, extend, error } = await deployPair();
  const calls = Array.from({ length: 128 }, (_, index) =>
    trust.interface.encodeFunctionData("extend", [child, start + YEAR + BigInt(index) + 1n]),
  );
  await mined(trust.connect(ministry).multicall(calls));
  assert.equal((await trust.grantOf(child)).extensions, 128n);
  await assertReverts(extend(child, start + 2n * YEAR), error("TooManyExtensions", child));
  assert.equal(await trust.getFunction("MAX_EXTENSIONS")(), 128n);
});
