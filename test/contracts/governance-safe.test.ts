import assert from "node:assert/strict";
import { test } from "node:test";
import { type BaseContract, type ContractTransactionResponse, ZeroAddress, ZeroHash } from "ethers";
import { assertReverts, label, mineAt, mined, now, revertData } from "../helpers/contracts.ts";
import {
  deployRegistries,
  grantId,
  SCHEMA_HASH,
  SCHEMA_URI,
  type TrustRegistry,
  TYPE_ID,
  TYPE_URI,
} from "../helpers/registries.ts";
import { type Safe, safeFounder } from "../helpers/safe.ts";

const DELAY = 259_200n;
const YEAR = 31_536_000n;

/** A network governed by a council Safe and a guardian Safe, both 2 of 3, through a timelock of 72 hours. */
async function deployGoverned() {
  const chain = await deployRegistries();
  const { ethers, forwarder, did, ministry, issuer, delegate, others, council: deployer } = chain;
  const [a, b, c, d, e, f] = others;
  assert(a && b && c && d && e && f);
  const found = await safeFounder(chain);
  const [councillors, guardians] = [[a, b, c] as const, [d, e, f] as const];
  const council = await found(councillors, 2);
  const guardian = await found(guardians, 2);
  const timelock = await ethers.deployContract("TimelockController", [
    DELAY,
    [council.address],
    [ZeroAddress],
    deployer,
  ]);
  const args = [forwarder.target, did.target, timelock.target, council.address];
  const deployed = await ethers.deployContract("TrustRegistry", args);
  const trust = deployed as BaseContract as TrustRegistry;
  await timelock.getFunction("grantRole")(await timelock.getFunction("CANCELLER_ROLE")(), guardian.address);
  await timelock.getFunction("renounceRole")(ZeroHash, deployer.address);

  const operation = (data: string, target: unknown = trust.target) => [target, 0n, data, ZeroHash, ZeroHash] as const;
  const schedule = (data: string, target?: unknown) =>
    timelock.interface.encodeFunctionData("schedule", [...operation(data, target), DELAY]);
  const execute = (data: string, target?: unknown): Promise<ContractTransactionResponse> =>
    timelock.getFunction("execute")(...operation(data, target));
  const idOf = (data: string, target?: unknown): Promise<string> =>
    timelock.getFunction("hashOperation")(...operation(data, target));
  const wait = async () => mineAt(chain, (await now(chain)) + DELAY);
  /** Proposes as the council, waits, and executes as anybody. */
  const govern = async (data: string, target?: unknown) => {
    await mined(council.call([a, b], timelock.target, schedule(data, target)));
    await wait();
    await mined(execute(data, target));
  };
  const addType = trust.interface.encodeFunctionData("addType", [TYPE_URI, SCHEMA_URI, SCHEMA_HASH]);
  return {
    ...{ ...chain, trust, timelock, council, guardian, councillors, guardians, found },
    ...{ schedule, execute, idOf, wait, govern, addType, ministry, issuer, delegate },
  };
}

/** Asserts that a Safe refuses a call, with one of its textual error codes. */
async function assertSafeRefuses(call: Promise<unknown>, code: string): Promise<void> {
  const data = await revertData(call);
  assert(Buffer.from(data.slice(2), "hex").includes(code), `${data} is not ${code}`);
}

function rootOf(
  { trust, ministry }: Awaited<ReturnType<typeof deployGoverned>>,
  start: bigint,
  name = "행정안전부",
): string {
  const terms = [TYPE_ID, ministry.address, start, start + 10n * YEAR, true, name];
  return trust.interface.encodeFunctionData("grantRoot", terms);
}

test("two of three councillors add a type and a root through the timelock, after the delay and not before", async () => {
  const network = await deployGoverned();
  const { council, timelock, councillors, trust, ministry, schedule, execute, wait, govern, addType } = network;
  const [a, b] = councillors;
  // GS020: signatures data too short.
  await assertSafeRefuses(council.call([a], timelock.target, schedule(addType)), "GS020");
  await mined(council.call([a, b], timelock.target, schedule(addType)));
  await assert.rejects(execute(addType), /TimelockUnexpectedOperationState/);
  await wait();
  await mined(execute(addType));
  assert.equal(await trust.isType(TYPE_ID), true);

  await govern(rootOf(network, await now(network)));
  const root = grantId(TYPE_ID, ministry.address);
  await mined(trust.connect(ministry).accept(root));
  assert.equal(await trust.isAccredited(TYPE_ID, ministry.address), true);
});

test("nobody adds a type or a root past the timelock: not the council, the guardian or the deployer", async () => {
  const network = await deployGoverned();
  const { council, guardian, councillors, guardians, trust, timelock, addType, ethers } = network;
  const types = await trust.getFunction("TYPES_ROLE")();
  for (const [safe, owners] of [
    [council, councillors],
    [guardian, guardians],
  ] as const) {
    await assertReverts(safe.call([owners[0], owners[2]], trust.target, addType), {
      contract: trust,
      name: "AccessControlUnauthorizedAccount",
      args: [safe.address, types],
    });
  }
  const [deployer] = await ethers.getSigners();
  assert(deployer);
  await assertReverts(deployer.sendTransaction({ to: trust.target, data: addType }), {
    contract: trust,
    name: "AccessControlUnauthorizedAccount",
    args: [deployer.address, types],
  });
  await assert.rejects(deployer.sendTransaction({ to: timelock.target, data: network.schedule(addType) }));
  for (const role of ["DEFAULT_ADMIN_ROLE", "PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE"]) {
    const id = await timelock.getFunction(role)();
    assert.equal(await timelock.getFunction("hasRole")(id, deployer.address), false, role);
  }
});

test("two of three guardians cancel what the council proposed", async () => {
  const { council, guardian, councillors, guardians, timelock, trust, schedule, execute, idOf, wait, addType } =
    await deployGoverned();
  await mined(council.call([councillors[1], councillors[2]], timelock.target, schedule(addType)));
  const cancel = timelock.interface.encodeFunctionData("cancel", [await idOf(addType)]);
  await assertSafeRefuses(guardian.call([guardians[0]], timelock.target, cancel), "GS020");
  await mined(guardian.call([guardians[0], guardians[2]], timelock.target, cancel));
  await wait();
  await assert.rejects(execute(addType), /TimelockUnexpectedOperationState/);
  assert.equal(await trust.isType(TYPE_ID), false);
});

test("the council withdraws a root at once, with a past date too; a later grant with a past start heals it", async () => {
  const network = await deployGoverned();
  const { council, councillors, trust, ministry, govern, addType } = network;
  await govern(addType);
  const start = await now(network);
  await govern(rootOf(network, start));
  const root = grantId(TYPE_ID, ministry.address);
  await trust.connect(ministry).accept(root);
  const withdraw = trust.interface.encodeFunctionData("withdraw", [root, start + 10n]);
  await mined(council.call([councillors[0], councillors[1]], trust.target, withdraw));
  assert.equal(await trust.isAccredited(TYPE_ID, ministry.address), false);
  assert.equal(await trust.holds(root, start + 20n), false);

  // An operation of the timelock can be done once: the second has to differ.
  await govern(rootOf(network, start, "Ministry of the Interior and Safety"));
  const healed = grantId(TYPE_ID, ministry.address, 1n);
  await trust.connect(ministry).accept(healed);
  assert.equal(await trust.holds(healed, start + 20n), true);
});

test("a guardian can cancel its own removal: a known limit", async () => {
  const { council, guardian, councillors, guardians, timelock, schedule, execute, idOf, wait } = await deployGoverned();
  const canceller = await timelock.getFunction("CANCELLER_ROLE")();
  const remove = timelock.interface.encodeFunctionData("revokeRole", [canceller, guardian.address]);
  await mined(council.call([councillors[0], councillors[1]], timelock.target, schedule(remove, timelock.target)));
  const cancel = timelock.interface.encodeFunctionData("cancel", [await idOf(remove, timelock.target)]);
  await mined(guardian.call([guardians[0], guardians[1]], timelock.target, cancel));
  await wait();
  await assert.rejects(execute(remove, timelock.target));
  assert.equal(await timelock.getFunction("hasRole")(canceller, guardian.address), true);
});

test("governance hands its roles to a new council, and the admin to a new timelock after three days more", async () => {
  const network = await deployGoverned();
  const { ethers, trust, timelock, council, councillors, guardians, found, govern } = network;
  const successor = await found(guardians, 3);
  const role = await trust.getFunction("COUNCIL_ROLE")();
  await govern(trust.interface.encodeFunctionData("grantRole", [role, successor.address]));
  await govern(trust.interface.encodeFunctionData("revokeRole", [role, council.address]));
  assert.deepEqual(await Promise.all([council, successor].map(({ address }) => trust.hasRole(role, address))), [
    false,
    true,
  ]);

  const next = await ethers.deployContract("TimelockController", [
    DELAY,
    [council.address],
    [ZeroAddress],
    ZeroAddress,
  ]);
  await govern(trust.interface.encodeFunctionData("beginDefaultAdminTransfer", [next.target]));
  const accept = trust.interface.encodeFunctionData("acceptDefaultAdminTransfer");
  const proposal = next.interface.encodeFunctionData("schedule", [trust.target, 0n, accept, ZeroHash, ZeroHash, DELAY]);
  await mined(council.call([councillors[0], councillors[1]], next.target, proposal));
  const execute = () => next.getFunction("execute")(trust.target, 0n, accept, ZeroHash, ZeroHash);
  await assert.rejects(execute());
  await mineAt(network, (await now(network)) + DELAY + 1n);
  await mined(execute());
  assert.equal(await trust.getFunction("defaultAdmin")(), next.target);
  assert.equal(await trust.hasRole(ZeroHash, String(timelock.target)), false);
});

test("a Safe of two of three owns a DID, rotates it to another Safe, which deactivates it", async () => {
  const { did, issuer, councillors, guardians, found } = await deployGoverned();
  const first: Safe = await found(councillors, 2);
  const second: Safe = await found(guardians, 2);
  const identity = issuer.address;
  await did.connect(issuer).changeOwner(identity, first.address);
  const set = did.interface.encodeFunctionData("setAttribute", [identity, label("x"), "0x01", 60n]);
  const handOver = did.interface.encodeFunctionData("changeOwner", [identity, second.address]);
  await assertSafeRefuses(first.call([councillors[0]], did.target, set), "GS020");
  await mined(first.call([councillors[0], councillors[1]], did.target, set));
  await mined(first.call([councillors[2], councillors[1]], did.target, handOver));
  assert.equal(await did.identityOwner(identity), second.address);
  await assertReverts(first.call([councillors[0], councillors[1]], did.target, set), {
    contract: did,
    name: "DidRegistryUnauthorized",
    args: [identity, first.address],
  });
  const end = did.interface.encodeFunctionData("changeOwner", [identity, ZeroAddress]);
  await mined(second.call([guardians[0], guardians[1]], did.target, end));
  assert.equal(await did.identityOwner(identity), ZeroAddress);
  assert.equal(await did.lastOwner(identity), second.address);
});
