import assert from "node:assert/strict";
import { test } from "node:test";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { assertReverts, eventsOf, mined, now, setNextTime } from "../helpers/contracts.ts";
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
