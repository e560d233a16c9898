import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "ethers";
import { assertReverts, eventsOf, mined } from "../helpers/contracts.ts";
import { deployTrust } from "../helpers/grants.ts";
import { deployRegistries, grantId, listId, SCHEMA_HASH, SIZE, TYPE_ID, TYPE_URI } from "../helpers/registries.ts";

const ALL = 2n ** 256n - 1n;

test("one request for one block finds the texts of a type, a grant and a list", async () => {
  const chain = await deployTrust();
  const { ethers, trust, status, ministry } = chain;
  const granted = await chain.acceptedRoot(ministry, { label: "Ministry" });
  await status.connect(ministry).createList(ministry.address, 0n, SIZE, TYPE_ID, "https://lists.example");
  const list = listId(ministry.address, 0n);
  await ethers.provider.send("hardhat_mine", ["0x100"]);
  for (const [contract, subject, createdBlock, text] of [
    [trust, TYPE_ID, await trust.typeOf(TYPE_ID), TYPE_URI],
    [trust, granted, (await trust.grantOf(granted)).createdBlock, "Ministry"],
    [status, list, (await status.listOf(list)).createdBlock, "https://lists.example"],
  ] as const) {
    const logs = await ethers.provider.getLogs({
      address: String(contract.target),
      topics: [null, subject],
      fromBlock: createdBlock,
      toBlock: createdBlock,
    });
    assert.equal(logs.length, 1);
    assert(
      contract.interface
        .parseLog(logs[0] ?? assert.fail())
        ?.args.toArray()
        .includes(text),
    );
  }
});

test("types are listed in the order in which they were added, in parts; one that is unknown has no block", async () => {
  const { trust } = await deployRegistries();
  assert.deepEqual([...(await trust.typeIds(0n, ALL))], []);
  const ids: string[] = [];
  for (const uri of ["urn:a", "urn:b", "urn:c"]) {
    const { block } = await mined(trust.addType(uri, uri, SCHEMA_HASH));
    assert.equal(await trust.typeOf(id(uri)), block);
    ids.push(id(uri));
  }
  for (const [from, count, part] of [
    [0n, ALL, ids],
    [0n, 2n, ids.slice(0, 2)],
    [1n, 1n, ids.slice(1, 2)],
    [1n, 3n, ids.slice(1)],
    [3n, 1n, []],
    [ALL, ALL, []],
    [0n, 0n, []],
  ] as const) {
    assert.deepEqual([...(await trust.typeIds(from, count))], part);
  }
  assert.equal(await trust.typeOf(id("urn:d")), 0n);
});

test("all grants to a subject are listed by number, those that it accepted by acceptance, though they hold no longer", async () => {
  const chain = await deployTrust();
  const { trust, ministry, issuer, root, accept } = chain;
  const parent = await chain.acceptedRoot(ministry);
  const first = await chain.acceptedBelow(parent, ministry, issuer);
  await root(issuer);
  await root(issuer);
  const [second, third] = [grantId(TYPE_ID, issuer.address, 1n), grantId(TYPE_ID, issuer.address, 2n)];
  assert.deepEqual([...(await trust.grantIds(TYPE_ID, issuer.address, 0n, ALL))], [first, second, third]);
  assert.deepEqual([...(await trust.acceptedGrants(TYPE_ID, issuer.address, 0n, ALL))], [first]);
  await accept(third, issuer);
  await trust.withdraw(first, 0n);
  await accept(second, issuer);
  // The second has taken the place of the first, which stays in what can accredit at a past time.
  assert.equal((await trust.openGrants(TYPE_ID, issuer.address))[0], second);
  assert.deepEqual([...(await trust.acceptedGrants(TYPE_ID, issuer.address, 0n, ALL))], [first, third, second]);
  assert.deepEqual([...(await trust.acceptedGrants(TYPE_ID, issuer.address, 1n, 1n))], [third]);
  assert.deepEqual([...(await trust.grantIds(TYPE_ID, issuer.address, 1n, 1n))], [second]);
});

test("a rogue parent that is mined first takes the number of a grant, and never its id", async () => {
  const chain = await deployTrust();
  const { trust, ministry, issuer, stranger, below, accept, error } = chain;
  const [parent, rogue] = [await chain.acceptedRoot(ministry), await chain.acceptedRoot(stranger)];
  // The grant that the ministry is going to make, and that the issuer expects.
  const expected = grantId(TYPE_ID, issuer.address, 0n, parent);
  const first = await mined(below(rogue, stranger, issuer, { label: "Ministry" }));
  const [event] = eventsOf(first.receipt, trust);
  assert.deepEqual([event?.[1], event?.[5]], [grantId(TYPE_ID, issuer.address, 0n, rogue), 0n]);
  await assertReverts(accept(expected, issuer), error("UnknownGrant", expected));
  const second = await mined(below(parent, ministry, issuer));
  const own = grantId(TYPE_ID, issuer.address, 1n, parent);
  assert.equal(eventsOf(second.receipt, trust)[0]?.[1], own);
  await mined(accept(own, issuer));
  assert.equal((await trust.grantOf(own)).parent, parent);
  assert.equal((await trust.openGrants(TYPE_ID, issuer.address))[0], own);
});
