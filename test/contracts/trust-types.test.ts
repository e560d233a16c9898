import assert from "node:assert/strict";
import { test } from "node:test";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { assertReverts, eventsOf, mined } from "../helpers/contracts.ts";
import { accredit, deployRegistries, SCHEMA_HASH, SCHEMA_URI, TYPE_ID, TYPE_URI } from "../helpers/registries.ts";

const ROLES = { COUNCIL_ROLE: id("mapae.council"), ROOTS_ROLE: id("mapae.roots"), TYPES_ROLE: id("mapae.types") };

test("the constructor gives the council its role, the timelock all others, and the deployer none", async () => {
  const { ethers, forwarder, did, council, ministry, issuer } = await deployRegistries();
  const factory = await ethers.getContractFactory("TrustRegistry");
  const [timelock, body] = [ministry.address, issuer.address];
  const trust = await factory.deploy(forwarder.target, did.target, timelock, body);
  const hasRole = trust.getFunction("hasRole");
  for (const [role, holder] of [
    [ROLES.COUNCIL_ROLE, body],
    [ROLES.ROOTS_ROLE, timelock],
    [ROLES.TYPES_ROLE, timelock],
    [ZeroHash, timelock],
  ]) {
    for (const account of [council.address, timelock, body, ZeroAddress]) {
      assert.equal(await hasRole(role, account), account === holder);
    }
  }
  assert.equal(await trust.getFunction("defaultAdmin")(), timelock);
  assert.equal(await trust.getFunction("defaultAdminDelay")(), 259_200n);
  assert.equal(await trust.getFunction("didRegistry")(), did.target);
  assert.equal(await trust.getFunction("trustedForwarder")(), forwarder.target);
});

test("names of roles are hashes of their words", async () => {
  const { trust } = await deployRegistries();
  for (const [name, value] of Object.entries(ROLES)) assert.equal(await trust.getFunction(name)(), value);
});

test("a type is named by the hash of its URI and tells who added it", async () => {
  const { trust, council } = await deployRegistries();
  assert.equal(await trust.isType(TYPE_ID), false);
  assert.equal(await trust.addType.staticCall(TYPE_URI, SCHEMA_URI, SCHEMA_HASH), TYPE_ID);
  const { receipt } = await mined(trust.addType(TYPE_URI, SCHEMA_URI, SCHEMA_HASH));
  assert.deepEqual(eventsOf(receipt, trust), [
    ["TypeAdded", TYPE_ID, council.address, TYPE_URI, SCHEMA_URI, SCHEMA_HASH],
  ]);
  assert.equal(await trust.isType(TYPE_ID), true);
});

test("nobody without the role adds a type", async () => {
  const { trust, stranger } = await deployRegistries();
  await assertReverts(trust.connect(stranger).addType(TYPE_URI, SCHEMA_URI, SCHEMA_HASH), {
    contract: trust,
    name: "AccessControlUnauthorizedAccount",
    args: [stranger.address, ROLES.TYPES_ROLE],
  });
});

test("a type is added once", async () => {
  const { trust } = await deployRegistries();
  await trust.addType(TYPE_URI, SCHEMA_URI, SCHEMA_HASH);
  await assertReverts(trust.addType(TYPE_URI, `${SCHEMA_URI}2`, SCHEMA_HASH), {
    contract: trust,
    name: "TrustRegistryTypeExists",
    args: [TYPE_ID],
  });
});

test("a URI is 1 to 200 printable ASCII characters without space, of a type as of its schema", async () => {
  const { trust } = await deployRegistries();
  const longest = `u:${"a".repeat(198)}`;
  const refused = ["", `${longest}a`, " u:a", "u: a", "u:\u0000", "u:\u001f", "u:\u007f", "u:\u0080", "u:공무원증"];
  for (const uri of refused) {
    const error = { contract: trust, name: "TrustRegistryInvalidUri", args: [uri] };
    await assertReverts(trust.addType(uri, SCHEMA_URI, SCHEMA_HASH), error);
    await assertReverts(trust.addType(TYPE_URI, uri, SCHEMA_HASH), error);
  }
  for (const uri of [longest, "!", "~", "u:!~"]) {
    await trust.addType(uri, uri, SCHEMA_HASH);
    assert.equal(await trust.isType(id(uri)), true);
  }
});

test("the id of a grant is no type", async () => {
  const registries = await deployRegistries();
  const granted = await accredit(registries, registries.ministry);
  assert.notEqual(await registries.trust.head(granted), ZeroHash);
  assert.equal(await registries.trust.isType(granted), false);
});
