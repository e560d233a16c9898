import assert from "node:assert/strict";
import { test } from "node:test";
import { type BaseContract, getAddress, id, ZeroAddress, ZeroHash } from "ethers";
import { assertReverts, eventsOf, mineAt, mined, now, revertData } from "../helpers/contracts.ts";
import { DAY } from "../helpers/grants.ts";
import {
  deployRegistries,
  SCHEMA_HASH,
  SCHEMA_URI,
  type TrustRegistry,
  TYPE_ID,
  TYPE_URI,
} from "../helpers/registries.ts";
import { safeFounder } from "../helpers/safe.ts";

const DELAY = 3n * DAY;
const RECOVERY_DELAY = 60n * DAY;

/** A network as it is governed: a council Safe that holds the seat, a guardian Safe, a timelock, and one for recovery. */
async function deploySeated() {
  const chain = await deployRegistries();
  const { ethers, forwarder, did, council: deployer, others } = chain;
  const [a, b, c, d, e, f] = others;
  assert(a && b && c && d && e && f);
  const [councillors, guardians] = [[a, b, c] as const, [d, e, f] as const];
  const found = await safeFounder(chain);
  const [council, guardian] = [await found(councillors, 2), await found(guardians, 2)];
  const deployTimelock = (delay: bigint, proposers: string[]) =>
    ethers.deployContract("TimelockController", [delay, proposers, [ZeroAddress], deployer]);
  const timelock = await deployTimelock(DELAY, []);
  const recovery = await deployTimelock(RECOVERY_DELAY, [guardian.address]);
  const seat = await ethers.deployContract("CouncilSeat", [timelock.target, recovery.target, council.address]);
  const args = [forwarder.target, did.target, timelock.target, seat.target];
  const trust = (await ethers.deployContract("TrustRegistry", args)) as BaseContract as TrustRegistry;
  const [proposer, canceller] = [id("PROPOSER_ROLE"), id("CANCELLER_ROLE")];
  for (const [contract, role, account] of [
    [timelock, proposer, seat.target],
    [timelock, canceller, seat.target],
    [timelock, canceller, guardian.address],
    [recovery, canceller, seat.target],
    [recovery, ZeroHash, timelock.target],
  ] as const) {
    await contract.getFunction("grantRole")(role, account);
  }
  await recovery.getFunction("revokeRole")(ZeroHash, recovery.target);
  for (const contract of [timelock, recovery]) {
    await contract.getFunction("renounceRole")(ZeroHash, deployer.address);
  }

  const through = (target: BaseContract, name: string, given: unknown[]) =>
    seat.interface.encodeFunctionData("execute", [target.target, target.interface.encodeFunctionData(name, given)]);
  /** A call by the council, of two councillors. */
  const asCouncil = (target: BaseContract, name: string, given: unknown[]) =>
    council.call([a, b], seat.target, through(target, name, given));
  const asGuardian = (target: BaseContract, name: string, given: unknown[]) =>
    guardian.call([d, e], target.target, target.interface.encodeFunctionData(name, given));
  const operation = (target: BaseContract, name: string, given: unknown[]) =>
    [target.target, 0n, target.interface.encodeFunctionData(name, given), ZeroHash, ZeroHash] as const;
  const wait = async (delay: bigint) => mineAt(chain, (await now(chain)) + delay);
  const addType = operation(trust, "addType", [TYPE_URI, SCHEMA_URI, SCHEMA_HASH]);
  const governed = { council, guardian, councillors, guardians, found, timelock, recovery, seat, trust };
  return { ...chain, ...governed, through, asCouncil, asGuardian, operation, wait, addType };
}

function unauthorized(seat: BaseContract, account: string) {
  return { contract: seat, name: "CouncilSeatUnauthorized", args: [account] };
}

test("the holder acts through the seat, whose calls are the council's; nobody else does", async () => {
  const { trust, timelock, seat, council, ministry, guardian, asCouncil, asGuardian, addType, through, wait } =
    await deploySeated();
  assert.deepEqual(
    [await seat.getFunction("timelock")(), await seat.getFunction("holder")()],
    [timelock.target, council.address],
  );
  await mined(asCouncil(timelock, "schedule", [...addType, DELAY]));
  await wait(DELAY);
  await mined(timelock.getFunction("execute")(...addType));
  assert.equal(await trust.isType(TYPE_ID), true);

  const data = through(timelock, "schedule", [...addType, DELAY]);
  await assertReverts(ministry.sendTransaction({ to: seat.target, data }), unauthorized(seat, ministry.address));
  const call = [timelock.target, timelock.interface.encodeFunctionData("getMinDelay")];
  await assertReverts(asGuardian(seat, "execute", call), unauthorized(seat, guardian.address));
  // Not even the seat itself gives another its seat.
  await assertReverts(asCouncil(seat, "replace", [ministry.address]), unauthorized(seat, String(seat.target)));
});

test("nobody but the two timelocks replaces the holder, whatever the address", async () => {
  const { ethers, seat, council } = await deploySeated();
  for (const from of [`0x${"00".repeat(19)}11`, `0x${"ff".repeat(20)}`, council.address]) {
    const data = seat.interface.encodeFunctionData("replace", [council.address]);
    await assertReverts(ethers.provider.call({ from, to: seat.target, data }), unauthorized(seat, getAddress(from)));
  }
});

test("what a call answers or reverts with goes through the seat as it is; a call of no contract is refused", async () => {
  const { ethers, trust, seat, ministry } = await deploySeated();
  const held = await ethers.deployContract("CouncilSeat", [ministry.address, ministry.address, ministry.address]);
  const asHolder = held.connect(ministry) as BaseContract;
  const role = trust.interface.encodeFunctionData("COUNCIL_ROLE");
  const answer = await asHolder.getFunction("execute").staticCall(trust.target, role);
  assert.equal(answer, id("mapae.council"));
  const withdraw = trust.interface.encodeFunctionData("withdraw", [id("none"), 0n]);
  const refused = asHolder.getFunction("execute").staticCall(trust.target, withdraw);
  await assertReverts(refused, { contract: trust, name: "TrustRegistryUnknownGrant", args: [id("none")] });
  const nobody = asHolder.getFunction("execute").staticCall(`0x${"77".repeat(20)}`, "0x");
  assert.match(await revertData(nobody), new RegExp(id("AddressEmptyCode(address)").slice(0, 10)));
  const none = asHolder.getFunction("replace").staticCall(ZeroAddress);
  await assertReverts(none, { contract: seat, name: "CouncilSeatNoHolder", args: [] });
});

test("a seat is taken from its construction on, and says who holds it in events", async () => {
  const { ethers, seat, council, ministry, issuer } = await deploySeated();
  const receipt = await seat.deploymentTransaction()?.wait();
  assert(receipt);
  assert.deepEqual(eventsOf(receipt, seat), [["HolderReplaced", ZeroAddress, council.address]]);
  await assertReverts(ethers.deployContract("CouncilSeat", [ministry.address, issuer.address, ZeroAddress]), {
    contract: seat,
    name: "CouncilSeatNoHolder",
    args: [],
  });
  const other = await ethers.deployContract("CouncilSeat", [ministry.address, issuer.address, council.address]);
  for (const [by, next, before] of [
    [ministry, issuer.address, council.address],
    [issuer, ministry.address, issuer.address],
  ] as const) {
    const replace = (other.connect(by) as BaseContract).getFunction("replace")(next);
    assert.deepEqual(eventsOf((await mined(replace)).receipt, other), [["HolderReplaced", before, next]]);
  }
});

test("a council whose keys are lost is replaced after 60 days, and the new one has every power of the old one", async () => {
  const network = await deploySeated();
  const { trust, timelock, recovery, seat, council, guardians, found, asGuardian, operation, wait, addType } = network;
  const successor = await found(guardians, 3);
  const replace = operation(seat, "replace", [successor.address]);
  await mined(asGuardian(recovery, "schedule", [...replace, RECOVERY_DELAY]));
  await wait(RECOVERY_DELAY - 10n);
  await assert.rejects(recovery.getFunction("execute")(...replace), /TimelockUnexpectedOperationState/);
  await wait(10n);
  await mined(recovery.getFunction("execute")(...replace));
  assert.equal(await seat.getFunction("holder")(), successor.address);

  const propose = network.through(timelock, "schedule", [...addType, DELAY]);
  const { councillors } = network;
  const old = council.call([councillors[0], councillors[1]], seat.target, propose);
  await assertReverts(old, unauthorized(seat, council.address));
  await mined(successor.call(guardians, seat.target, propose));
  await wait(DELAY);
  await mined(timelock.getFunction("execute")(...addType));
  assert.equal(await trust.isType(TYPE_ID), true);
});

test("who holds the seat can give up its roles, and then no successor has them: types and roots are over", async () => {
  const {
    trust,
    timelock,
    recovery,
    seat,
    guardians,
    found,
    asCouncil,
    asGuardian,
    operation,
    wait,
    addType,
    through,
  } = await deploySeated();
  const proposer = id("PROPOSER_ROLE");
  await mined(asCouncil(timelock, "renounceRole", [proposer, seat.target]));
  await mined(asCouncil(trust, "renounceRole", [id("mapae.council"), seat.target]));
  const successor = await found(guardians, 3);
  const replace = operation(seat, "replace", [successor.address]);
  await mined(asGuardian(recovery, "schedule", [...replace, RECOVERY_DELAY]));
  await wait(RECOVERY_DELAY);
  await mined(recovery.getFunction("execute")(...replace));
  const refused = { contract: timelock, name: "AccessControlUnauthorizedAccount", args: [seat.target, proposer] };
  const propose = through(timelock, "schedule", [...addType, DELAY]);
  // The Safe answers with its own error (GS013), so the seat is asked directly.
  const from = successor.address;
  await assertReverts(seat.runner?.provider?.call({ from, to: seat.target, data: propose }) ?? assert.fail(), refused);
});

test("a council that is there cancels its replacement; the timelock seats a successor after its own delay", async () => {
  const { timelock, recovery, seat, council, found, guardians, asCouncil, asGuardian, operation, wait } =
    await deploySeated();
  const successor = await found(guardians, 3);
  const replace = operation(seat, "replace", [successor.address]);
  await mined(asGuardian(recovery, "schedule", [...replace, RECOVERY_DELAY]));
  await mined(asCouncil(recovery, "cancel", [await recovery.getFunction("hashOperation")(...replace)]));
  await wait(RECOVERY_DELAY);
  await assert.rejects(recovery.getFunction("execute")(...replace), /TimelockUnexpectedOperationState/);
  assert.equal(await seat.getFunction("holder")(), council.address);

  await mined(asCouncil(timelock, "schedule", [...replace, DELAY]));
  await wait(DELAY);
  await mined(timelock.getFunction("execute")(...replace));
  assert.equal(await seat.getFunction("holder")(), successor.address);
});

test("the recovery timelock can do nothing but replace the holder: no type, no root, no withdrawal, no role", async () => {
  const { trust, timelock, recovery, seat, ministry, asGuardian, operation, wait, addType } = await deploySeated();
  const role = [id("PROPOSER_ROLE"), ministry.address];
  const attempts = [
    addType,
    operation(trust, "grantRoot", [TYPE_ID, ministry.address, 0n, 4_000_000_000n, true, ""]),
    operation(trust, "grantRole", [id("mapae.council"), ministry.address]),
    operation(trust, "beginDefaultAdminTransfer", [ministry.address]),
    operation(timelock, "grantRole", role),
    operation(timelock, "updateDelay", [0n]),
    operation(recovery, "grantRole", role),
    operation(seat, "execute", [trust.target, "0x"]),
  ];
  for (const attempt of attempts) await mined(asGuardian(recovery, "schedule", [...attempt, RECOVERY_DELAY]));
  await wait(RECOVERY_DELAY);
  for (const attempt of attempts) {
    const data = await revertData(recovery.getFunction("execute")(...attempt));
    const error = [trust, timelock, seat]
      .map((contract) => contract.interface.parseError(data))
      .find((one) => one !== null);
    assert.match(error?.name ?? data, /Unauthorized/, attempt[2].slice(0, 10));
  }
  // Only whom governance lets, and only after the delay.
  const replace = operation(seat, "replace", [ministry.address]);
  const early = asGuardian(recovery, "schedule", [...replace, RECOVERY_DELAY - 1n]);
  // The Safe does not pass on why.
  await assert.rejects(early);
  const alone = (recovery.connect(ministry) as BaseContract).getFunction("schedule")(...replace, RECOVERY_DELAY);
  const refused = [ministry.address, id("PROPOSER_ROLE")];
  await assertReverts(alone, { contract: recovery, name: "AccessControlUnauthorizedAccount", args: refused });
});

test("a guardian that is lost is replaced by the council through the timelock, in both", async () => {
  const { timelock, recovery, seat, guardian, found, councillors, asCouncil, operation, wait } = await deploySeated();
  const successor = await found(councillors, 3);
  for (const [contract, role, to] of [
    [timelock, "CANCELLER_ROLE", successor.address],
    [recovery, "PROPOSER_ROLE", successor.address],
    [recovery, "CANCELLER_ROLE", successor.address],
  ] as const) {
    const grant = operation(contract, "grantRole", [id(role), to]);
    const revoke = operation(contract, "revokeRole", [id(role), guardian.address]);
    for (const one of [grant, revoke]) {
      await mined(asCouncil(timelock, "schedule", [...one, DELAY]));
      await wait(DELAY);
      await mined(timelock.getFunction("execute")(...one));
    }
    const has = contract.getFunction("hasRole");
    assert.deepEqual([await has(id(role), to), await has(id(role), guardian.address)], [true, false]);
  }
  assert.equal(await recovery.getFunction("hasRole")(id("CANCELLER_ROLE"), seat.target), true);
});
