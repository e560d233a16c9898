import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { AbiCoder, concat, keccak256, toBeHex, toBigInt, ZeroAddress, zeroPadValue } from "ethers";
import { artifacts } from "hardhat";
import { z } from "zod";
import { readIdentitySlot } from "../../resolver/chain/identity-slot.ts";
import { deployRegistry, label, mined } from "../helpers/contracts.ts";
import { subjectOf } from "../helpers/heads.ts";

const member = z.object({ label: z.string(), offset: z.number(), slot: z.string(), type: z.string() });
const layout = z.object({
  storage: z.array(member),
  types: z.record(z.string(), z.object({ label: z.string(), members: z.array(member).optional() })).nullable(),
});
const buildOutput = z.object({
  output: z.object({ contracts: z.record(z.string(), z.record(z.string(), z.object({ storageLayout: layout }))) }),
});

/** The compiler's storage layout of a contract, from the build that its artifact came from. */
async function compiledLayout(contract: "DidRegistry" | "TrustRegistry" | "StatusRegistry" | "Heads") {
  const { buildInfoId, inputSourceName } = await artifacts.readArtifact(contract);
  assert(buildInfoId && inputSourceName);
  const path = await artifacts.getBuildInfoOutputPath(buildInfoId);
  assert(path);
  const { output } = buildOutput.parse(JSON.parse(await readFile(path, "utf8")));
  const found = output.contracts[inputSourceName]?.[contract]?.storageLayout;
  assert(found?.types);
  return { storage: found.storage, types: found.types };
}

/** Members in one line each: `slot+offset name type`. */
function lines(members: z.infer<typeof member>[] = [], types: Record<string, { label: string }>): string[] {
  return members.map(({ label, slot, offset, type }) => `${slot}+${offset} ${label} ${types[type]?.label}`);
}

/** Slot of a mapping's entry. */
function entry(type: string, key: string, slot: bigint | string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode([type, "uint256"], [key, slot]));
}

test("heads and root are the first two slots, identities and delegates the next two, and there are no more", async () => {
  const { storage, types } = await compiledLayout("DidRegistry");
  assert.deepEqual(lines(storage, types), [
    "0+0 _heads mapping(bytes32 => bytes32)",
    "1+0 _root bytes32",
    "2+0 _identities mapping(address => struct DidRegistry.Identity)",
    "3+0 _delegates mapping(address => mapping(bytes32 => mapping(address => uint256)))",
  ]);
});

test("Heads alone takes these two slots, so that every registry that inherits it first has them", async () => {
  const { storage, types } = await compiledLayout("Heads");
  assert.deepEqual(lines(storage, types), ["0+0 _heads mapping(bytes32 => bytes32)", "1+0 _root bytes32"]);
});

test("owner, last change, deactivation and number of delegates of an identity share one slot", async () => {
  const { types } = await compiledLayout("DidRegistry");
  const identity = Object.values(types).find(({ label }) => label === "struct DidRegistry.Identity");
  assert.deepEqual(lines(identity?.members, types), [
    "0+0 owner address",
    "0+20 changed uint40",
    "0+25 deactivatedAt uint40",
    "0+30 delegates uint16",
  ]);
});

test("the trust registry has its heads and root first, then the roles, then what is its own", async () => {
  const { storage, types } = await compiledLayout("TrustRegistry");
  assert.deepEqual(lines(storage, types), [
    "0+0 _heads mapping(bytes32 => bytes32)",
    "1+0 _root bytes32",
    "2+0 _roles mapping(bytes32 => struct AccessControl.RoleData)",
    "3+0 _pendingDefaultAdmin address",
    "3+20 _pendingDefaultAdminSchedule uint48",
    "3+26 _currentDelay uint48",
    "4+0 _currentDefaultAdmin address",
    "4+20 _pendingDelay uint48",
    "4+26 _pendingDelaySchedule uint48",
    "5+0 _grants mapping(bytes32 => struct ITrustRegistry.Grant)",
    "6+0 _grantIds mapping(bytes32 => mapping(address => bytes32[]))",
    "7+0 _openGrants mapping(bytes32 => mapping(address => bytes32[8]))",
    "8+0 _acceptedGrants mapping(bytes32 => mapping(address => bytes32[]))",
    "9+0 _types mapping(bytes32 => uint48)",
    "10+0 _typeIds bytes32[]",
  ]);
  const grant = Object.values(types).find(({ label }) => label === "struct ITrustRegistry.Grant");
  assert.deepEqual(lines(grant?.members, types), [
    "0+0 subject address",
    "0+20 createdAt uint48",
    "0+26 notBefore uint48",
    "1+0 notAfter uint48",
    "1+6 withdrawnFrom uint48",
    "1+12 accepted bool",
    "1+13 mayGrant bool",
    "1+14 depth uint8",
    "1+15 createdBlock uint48",
    "1+21 ownWithdrawals uint8",
    "1+22 otherWithdrawals uint8",
    "1+23 extensions uint8",
    "2+0 parent bytes32",
    "3+0 typeId bytes32",
  ]);
});

test("the status registry has its heads and root first, then its lists, each with its words in a row", async () => {
  const { storage, types } = await compiledLayout("StatusRegistry");
  assert.deepEqual(lines(storage, types), [
    "0+0 _heads mapping(bytes32 => bytes32)",
    "1+0 _root bytes32",
    "2+0 _lists mapping(bytes32 => struct StatusRegistry.List)",
  ]);
  const list = Object.values(types).find(({ label }) => label === "struct StatusRegistry.List");
  assert.deepEqual(lines(list?.members, types), [
    "0+0 issuer address",
    "0+20 size uint32",
    "0+24 createdBlock uint48",
    "1+0 typeId bytes32",
    "2+0 closedAt uint48",
    "3+0 words struct IStatusRegistry.Word[2048]",
  ]);
  const word = Object.values(types).find(({ label }) => label === "struct IStatusRegistry.Word");
  assert.deepEqual(lines(word?.members, types), ["0+0 revoked uint256", "1+0 suspended uint256"]);
});

test("a live registry keeps head and root in slots 0 and 1", async () => {
  const { ethers, registry, address, alice } = await deployRegistry();
  assert.equal(await ethers.provider.getStorage(address, 1), await registry.root());
  await registry.setAttribute(alice.address, label("x"), "0x01", 60n);
  const subject = subjectOf(alice.address);
  assert.equal(await ethers.provider.getStorage(address, 1), await registry.root());
  assert.equal(await ethers.provider.getStorage(address, entry("bytes32", subject, 0n)), await registry.head(subject));
});

test("a live registry packs an identity into its slot of mapping 2", async () => {
  const { ethers, registry, address, alice, bob } = await deployRegistry();
  await registry.addDelegate(alice.address, label("status"), bob.address, 60n);
  await registry.changeOwner(alice.address, bob.address);
  const { block, time } = await mined(registry.connect(bob).changeOwner(alice.address, ZeroAddress));

  const word = await ethers.provider.getStorage(address, entry("address", alice.address, 2n));
  const packed = concat(["0x0001", zeroPadValue(toBeHex(time), 5), zeroPadValue(toBeHex(block), 5), bob.address]);
  assert.equal(word, packed);
});

test("the library reads the slot of an identity as the contract's views do, with delegates and without", async () => {
  const { ethers, registry, address, alice, bob } = await deployRegistry();
  const read = async () => {
    const slot = await ethers.provider.getStorage(address, entry("address", alice.address, 2n));
    return readIdentitySlot(slot as `0x${string}`);
  };
  assert.deepEqual(await read(), { changed: 0, deactivatedAt: undefined });
  const added = await mined(registry.addDelegate(alice.address, label("status"), bob.address, 60n));
  assert.deepEqual(await read(), { changed: Number(added.block), deactivatedAt: undefined });
  const { block, time } = await mined(registry.changeOwner(alice.address, ZeroAddress));
  assert.deepEqual(await read(), { changed: Number(block), deactivatedAt: Number(time) });
  assert.equal(await registry.changed(alice.address), block);
  assert.equal(await registry.deactivatedAt(alice.address), time);
});

test("a live registry keeps a delegate's validTo in mapping 3", async () => {
  const { ethers, registry, address, alice, bob } = await deployRegistry();
  const type = label("veriKey");
  const { time } = await mined(registry.addDelegate(alice.address, type, bob.address, 60n));
  const slot = entry("address", bob.address, entry("bytes32", type, entry("address", alice.address, 3n)));
  assert.equal(toBigInt(await ethers.provider.getStorage(address, slot)), time + 60n);
  await registry.revokeDelegate(alice.address, type, bob.address);
  assert.equal(toBigInt(await ethers.provider.getStorage(address, slot)), 0n);
});
