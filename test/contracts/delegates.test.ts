import assert from "node:assert/strict";
import { test } from "node:test";
import { MaxUint256 } from "ethers";
import { assertReverts, deployRegistry, eventsOf, label, mineAt, mined, setNextTime } from "../helpers/contracts.ts";

const TYPE = label("veriKey");
const YEAR = 31_536_000n;

test("adding a delegate says until when it is valid and what came before", async () => {
  const { registry, alice, bob } = await deployRegistry();
  const first = await mined(registry.addDelegate(alice.address, TYPE, bob.address, YEAR));
  assert.deepEqual(eventsOf(first.receipt, registry), [
    ["DIDDelegateChanged", alice.address, TYPE, bob.address, first.time + YEAR, 0n],
  ]);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), true);
  assert.equal(await registry.changed(alice.address), first.block);

  const second = await mined(registry.addDelegate(alice.address, TYPE, bob.address, 1n));
  assert.deepEqual(eventsOf(second.receipt, registry), [
    ["DIDDelegateChanged", alice.address, TYPE, bob.address, second.time + 1n, first.block],
  ]);
});

test("a delegate counts for its identity, its type and its address only", async () => {
  const { registry, alice, bob, carol } = await deployRegistry();
  await registry.addDelegate(alice.address, TYPE, bob.address, YEAR);
  assert.equal(await registry.validDelegate(carol.address, TYPE, bob.address), false);
  assert.equal(await registry.validDelegate(alice.address, label("sigAuth"), bob.address), false);
  assert.equal(await registry.validDelegate(alice.address, TYPE, carol.address), false);
});

test("a delegate is valid in its last second and not after it", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const { time } = await mined(registry.addDelegate(alice.address, TYPE, bob.address, 100n));

  await mineAt(deployment, time + 100n);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), true);
  await mineAt(deployment, time + 101n);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), false);
});

test("a validity of 0 is valid in this second only", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const { receipt, time } = await mined(registry.addDelegate(alice.address, TYPE, bob.address, 0n));
  assert.equal(eventsOf(receipt, registry)[0]?.[4], time);

  await mineAt(deployment, time);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), true);
  await mineAt(deployment, time + 1n);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), false);
});

test("a delegate that ran out can be added again, and a longer validity can be shortened", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const { time } = await mined(registry.addDelegate(alice.address, TYPE, bob.address, 10n));
  await setNextTime(deployment, time + 11n);
  await registry.addDelegate(alice.address, TYPE, bob.address, YEAR);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), true);

  await setNextTime(deployment, time + 12n);
  await registry.addDelegate(alice.address, TYPE, bob.address, 1n);
  await mineAt(deployment, time + 14n);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), false);
});

test("revoking a delegate ends it at once and says validTo 0", async () => {
  const deployment = await deployRegistry();
  const { registry, alice, bob } = deployment;
  const added = await mined(registry.addDelegate(alice.address, TYPE, bob.address, YEAR));
  await setNextTime(deployment, added.time);
  const revoked = await mined(registry.revokeDelegate(alice.address, TYPE, bob.address));

  assert.equal(revoked.time, added.time);
  assert.deepEqual(eventsOf(revoked.receipt, registry), [
    ["DIDDelegateChanged", alice.address, TYPE, bob.address, 0n, added.block],
  ]);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), false);
  assert.equal(await registry.changed(alice.address), revoked.block);
});

test("revoking one delegate leaves the others", async () => {
  const { registry, alice, bob, carol } = await deployRegistry();
  await registry.addDelegate(alice.address, TYPE, bob.address, YEAR);
  await registry.addDelegate(alice.address, TYPE, carol.address, YEAR);
  await registry.revokeDelegate(alice.address, TYPE, bob.address);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), false);
  assert.equal(await registry.validDelegate(alice.address, TYPE, carol.address), true);
});

test("a delegate that was never added can be revoked, and a revoked one added again", async () => {
  const { registry, alice, bob } = await deployRegistry();
  const { receipt } = await mined(registry.revokeDelegate(alice.address, TYPE, bob.address));
  assert.deepEqual(eventsOf(receipt, registry), [["DIDDelegateChanged", alice.address, TYPE, bob.address, 0n, 0n]]);
  await registry.addDelegate(alice.address, TYPE, bob.address, YEAR);
  assert.equal(await registry.validDelegate(alice.address, TYPE, bob.address), true);
});

test("a validity of up to 100 years is taken, one second more is refused, and none overflows", async () => {
  const { registry, alice, bob } = await deployRegistry();
  const maximum = await registry.MAX_VALIDITY();
  assert.equal(maximum, 36_525n * 86_400n);
  const { receipt, time } = await mined(registry.addDelegate(alice.address, TYPE, bob.address, maximum));
  assert.equal(eventsOf(receipt, registry)[0]?.[4], time + maximum);

  for (const validity of [maximum + 1n, MaxUint256]) {
    await assertReverts(registry.addDelegate(alice.address, TYPE, bob.address, validity), {
      contract: registry,
      name: "DidRegistryValidityTooLong",
      args: [validity, maximum],
    });
  }
});

test("an identity has at most 1024 delegates of all types together; a revocation is never refused and makes room", async () => {
  const { registry, alice, bob } = await deployRegistry();
  const most = Number(await registry.MAX_DELEGATES());
  assert.equal(most, 1_024);
  const types = [TYPE, label("status")];
  const call = (name: "addDelegate" | "revokeDelegate", at: number, ...validity: bigint[]) => {
    const delegate = `0x${(at + 1).toString(16).padStart(40, "0")}`;
    return registry.interface.encodeFunctionData(name as "addDelegate", [
      alice.address,
      types[at % 2] ?? assert.fail(),
      delegate,
      ...(validity as [bigint]),
    ]);
  };
  for (let from = 0; from < most; from += 128) {
    await registry.multicall(Array.from({ length: 128 }, (_, at) => call("addDelegate", from + at, YEAR)));
  }
  const add = () => registry.addDelegate(alice.address, TYPE, bob.address, YEAR);
  const full = { contract: registry, name: "DidRegistryTooManyDelegates", args: [alice.address, BigInt(most)] };
  await assertReverts(add(), full);
  await registry.multicall([call("addDelegate", 0, 1n)]);
  await assertReverts(add(), full);
  await registry.revokeDelegate(alice.address, TYPE, bob.address);
  await assertReverts(add(), full);
  await registry.multicall([call("revokeDelegate", 5)]);
  await registry.multicall([call("revokeDelegate", 5)]);
  await mined(add());
  await assertReverts(registry.multicall([call("addDelegate", 5, YEAR)]), full);
});
