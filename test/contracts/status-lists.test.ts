import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, id, keccak256, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { assertReverts, eventsOf, mined } from "../helpers/contracts.ts";
import {
  ALL,
  accredit,
  BASE_URI,
  change,
  createList,
  deployRegistries,
  listId,
  REASON,
  SIZE,
  TYPE_ID,
} from "../helpers/registries.ts";

const MAX_SIZE = 524_288n;

/** All registries with an accredited issuer that has list 0; and the contract's errors. */
async function deployList() {
  const registries = await deployRegistries();
  const list = await createList(registries);
  const error = (name: string, ...args: unknown[]) => ({
    contract: registries.status,
    name: `StatusRegistry${name}`,
    args,
  });
  const { status, issuer } = registries;
  return { ...registries, list, error, as: status.connect(issuer) };
}

test("the registry knows whom it asks, and its caps", async () => {
  const { status, did, trust, forwarder } = await deployRegistries();
  assert.equal(await status.getFunction("didRegistry")(), did.target);
  assert.equal(await status.getFunction("trustRegistry")(), trust.target);
  assert.equal(await status.trustedForwarder(), forwarder.target);
  assert.equal(
    await status.getFunction("STATUS_DELEGATE")(),
    `0x${Buffer.from("status").toString("hex")}${"00".repeat(26)}`,
  );
  assert.equal(
    await status.getFunction("SUSPEND_DELEGATE")(),
    `0x${Buffer.from("suspend").toString("hex")}${"00".repeat(25)}`,
  );
  for (const [cap, value] of [
    ["MIN_SIZE", SIZE],
    ["MAX_SIZE", MAX_SIZE],
    ["MAX_CHANGES", 512n],
    ["MAX_MASKS", 600n],
    ["MAX_BASE_URI_BYTES", 200n],
  ] as const) {
    assert.equal(await status.getFunction(cap)(), value);
  }
});

test("an accredited issuer's controller creates a list, and the event tells all that is fixed of it", async () => {
  const registries = await deployRegistries();
  const { status, issuer } = registries;
  await accredit(registries, issuer);
  const list = listId(issuer.address, 7n);
  assert.equal(await status.listId(issuer.address, 7n), list);
  assert.deepEqual((await status.listOf(list)).toArray(), [ZeroAddress, ZeroHash, 0n, false, 0n, 0n]);
  const call = [issuer.address, 7n, SIZE, TYPE_ID, BASE_URI] as const;
  assert.equal(await status.connect(issuer).createList.staticCall(...call), list);
  const { receipt, block } = await mined(status.connect(issuer).createList(...call));
  assert.deepEqual(eventsOf(receipt, status), [
    ["ListCreated", list, issuer.address, issuer.address, 7n, SIZE, TYPE_ID, BASE_URI],
  ]);
  const stored = {
    issuer: issuer.address,
    typeId: TYPE_ID,
    size: SIZE,
    closed: false,
    createdBlock: block,
    closedAt: 0n,
  };
  assert.deepEqual((await status.listOf(list)).toObject(), stored);
});

test("a controller other than the issuer's own key is the event's actor, and the list is the issuer's", async () => {
  const registries = await deployRegistries();
  const { status, did, issuer, delegate } = registries;
  await accredit(registries, issuer);
  await did.connect(issuer).changeOwner(issuer.address, delegate.address);
  const call = status.connect(delegate).createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const [event] = eventsOf((await mined(call)).receipt, status);
  assert.deepEqual(event?.slice(2, 4), [delegate.address, issuer.address]);
  assert.equal((await status.listOf(listId(issuer.address, 0n))).issuer, issuer.address);
});

test("a size is a multiple of 256 from 131 072 to 524 288", async () => {
  const { as, issuer, error } = await deployList();
  for (const size of [0n, 256n, SIZE - 256n, SIZE - 1n, SIZE + 1n, MAX_SIZE + 256n, ALL]) {
    await assertReverts(as.createList(issuer.address, 1n, size, TYPE_ID, BASE_URI), error("InvalidSize", size));
  }
  for (const [number, size] of [SIZE, SIZE + 256n, MAX_SIZE].entries()) {
    await mined(as.createList(issuer.address, BigInt(number) + 1n, size, TYPE_ID, BASE_URI));
  }
});

test("a base URI has 1 to 200 bytes", async () => {
  const { as, issuer, error } = await deployList();
  const longest = `https://${"a".repeat(192)}`;
  for (const [uri, length] of [
    ["", 0n],
    [`${longest}a`, 201n],
  ] as const) {
    const call = as.createList(issuer.address, 1n, SIZE, TYPE_ID, uri);
    await assertReverts(call, error("InvalidBaseUri", length, 200n));
  }
  await mined(as.createList(issuer.address, 1n, SIZE, TYPE_ID, longest));
});

test("a number is used once by each issuer", async () => {
  const registries = await deployList();
  const { as, issuer, status, delegate, list, error } = registries;
  const again = as.createList(issuer.address, 0n, MAX_SIZE, TYPE_ID, BASE_URI);
  await assertReverts(again, error("ListExists", list));
  await accredit(registries, delegate);
  await mined(status.connect(delegate).createList(delegate.address, 0n, SIZE, TYPE_ID, BASE_URI));
});

test("nobody but the controller creates a list, and none for a type that the issuer may not issue", async () => {
  const { as, status, issuer, council, stranger, did, trust, error } = await deployList();
  for (const by of [stranger, council]) {
    const call = status.connect(by).createList(issuer.address, 1n, SIZE, TYPE_ID, BASE_URI);
    await assertReverts(call, error("Unauthorized", issuer.address, by.address));
  }
  const other = as.createList(issuer.address, 1n, SIZE, id("other"), BASE_URI);
  await assertReverts(other, error("NotAccredited", issuer.address, id("other")));
  await trust.connect(issuer).withdraw((await trust.openGrants(TYPE_ID, issuer.address))[0] as string, 0n);
  const late = as.createList(issuer.address, 1n, SIZE, TYPE_ID, BASE_URI);
  await assertReverts(late, error("NotAccredited", issuer.address, TYPE_ID));
  await did.connect(issuer).changeOwner(issuer.address, ZeroAddress);
  const deactivated = as.createList(issuer.address, 1n, SIZE, TYPE_ID, BASE_URI);
  await assertReverts(deactivated, error("Unauthorized", issuer.address, issuer.address));
});

test("the controller closes a list, once, and its statuses can still be changed", async () => {
  const { as, status, issuer, stranger, list, error } = await deployList();
  await assertReverts(status.connect(stranger).close(list), error("Unauthorized", issuer.address, stranger.address));
  await assertReverts(as.close(id("none")), error("UnknownList", id("none")));
  const before = (await status.listOf(list)).toObject();
  const { receipt, time } = await mined(as.close(list));
  assert.deepEqual(eventsOf(receipt, status), [["ListClosed", list, issuer.address]]);
  assert.deepEqual((await status.listOf(list)).toObject(), { ...before, closed: true, closedAt: time });
  await assertReverts(as.close(list), error("ListClosed", list));
  await mined(as.update(list, [change(0n, { revoke: 1n, suspend: 2n })], REASON));
  await mined(as.update(list, [change(0n, { reinstate: 2n })], REASON));
  await mined(as.checkpoint(list, 0n, 1n));
});

test("a change sets bits of its word and no others; its masks are in the event as they were given", async () => {
  const { as, status, issuer, list } = await deployList();
  const changes = [
    change(0n, { revoke: 0b101n }),
    change(2n, { revoke: 1n }),
    change(3n, { suspend: 0b110n }),
    change(511n, { revoke: ALL }),
  ];
  const { receipt } = await mined(as.update(list, changes, REASON));
  const [event] = eventsOf(receipt, status);
  assert(event);
  assert.deepEqual(event.slice(0, 4), ["StatusChanged", list, issuer.address, REASON]);
  const given = (event[4] as { toArray(): bigint[] }[]).map((one) => one.toArray());
  assert.deepEqual(given, [
    [0n, 0b101n, 0n, 0n],
    [2n, 1n, 0n, 0n],
    [3n, 0n, 0b110n, 0n],
    [511n, ALL, 0n, 0n],
  ]);
  const words = await status.words(list, 0n, 512n);
  for (const [index, word] of words.entries()) {
    const wanted = { 0: [0b101n, 0n], 2: [1n, 0n], 3: [0n, 0b110n], 511: [ALL, 0n] }[index] ?? [0n, 0n];
    assert.deepEqual(word.toArray(), wanted);
  }
  for (const [index, wanted] of [
    [0n, [true, false]],
    [1n, [false, false]],
    [2n, [true, false]],
    [512n, [true, false]],
    [769n, [false, true]],
    [131_071n, [true, false]],
  ] as const) {
    assert.deepEqual((await status.statusOf(list, index)).toArray(), wanted);
  }
});

test("a revocation is permanent; a suspension is lifted; what changes nothing is allowed", async () => {
  const { as, status, list } = await deployList();
  const word = async () => (await status.words(list, 5n, 1n))[0]?.toArray();
  await as.update(list, [change(5n, { revoke: 0b11n, suspend: 0b110n })], REASON);
  assert.deepEqual(await word(), [0b11n, 0b110n]);
  await as.update(list, [change(5n, { reinstate: 0b011n, revoke: 0b1000n, suspend: 0b10000n })], REASON);
  assert.deepEqual(await word(), [0b1011n, 0b10100n]);
  for (const nothing of [{}, { revoke: 0b11n }, { suspend: 0b100n }, { reinstate: 0b1n }]) {
    await as.update(list, [change(5n, nothing)], REASON);
    assert.deepEqual(await word(), [0b1011n, 0b10100n]);
  }
  await as.update(list, [change(5n, { reinstate: ALL })], REASON);
  assert.deepEqual(await word(), [0b1011n, 0n]);
});

test("a call suspends or reinstates a credential, not both", async () => {
  const { as, list, error } = await deployList();
  const both = [change(1n), change(2n, { suspend: 0b1100n, reinstate: 0b0110n })];
  await assertReverts(as.update(list, both, REASON), error("Contradiction", 2n, 0b0100n));
});

test("an update has 1 to 512 changes, of words that ascend within the list", async () => {
  const { as, list, error } = await deployList();
  const words = (count: number) => Array.from({ length: count }, (_, word) => change(BigInt(word), { revoke: 1n }));
  await assertReverts(as.update(list, [], REASON), error("InvalidChangeCount", 0n, 512n));
  await assertReverts(as.update(list, words(513), REASON), error("InvalidChangeCount", 513n, 512n));
  await mined(as.update(list, words(512), REASON));
  for (const [second, lowest] of [
    [4n, 5n],
    [3n, 5n],
  ] as const) {
    const call = as.update(list, [change(4n), change(second)], REASON);
    await assertReverts(call, error("WordsNotAscending", second, lowest));
  }
  for (const word of [512n, ALL]) {
    await assertReverts(as.update(list, [change(word)], REASON), error("OutOfRange", word, 1n, 512n));
  }
  await assertReverts(as.update(id("none"), words(1), REASON), error("UnknownList", id("none")));
});

test("an update writes at most 600 masks: one of a change that revokes, one of one that suspends or reinstates", async () => {
  const { as, list, error } = await deployList();
  const words = (both: number) =>
    Array.from({ length: 512 }, (_, word) => change(BigInt(word), { revoke: 1n, suspend: word < both ? 2n : 0n }));
  await assertReverts(as.update(list, words(89), REASON), error("TooManyMasks", 601n, 600n));
  await mined(as.update(list, words(88), REASON));
  // Two of the same word in one mask are one.
  const reinstating = Array.from({ length: 512 }, (_, word) =>
    change(BigInt(word), { suspend: 4n, reinstate: 2n, revoke: word < 89 ? 1n : 0n }),
  );
  await assertReverts(as.update(list, reinstating, REASON), error("TooManyMasks", 601n, 600n));
  await mined(as.update(list, reinstating.slice(1), REASON));
});

test("a checkpoint writes the hash of what words hold", async () => {
  const { as, status, issuer, list, error } = await deployList();
  await as.update(list, [change(1n, { revoke: 5n, suspend: 9n }), change(3n, { suspend: ALL })], REASON);
  const hash = (...words: bigint[]) => keccak256(concat(words.map((word) => toBeHex(word, 32))));
  const empty = Array<bigint>(2 * 508).fill(0n);
  for (const [from, count, wordsHash] of [
    [0n, 512n, hash(0n, 0n, 5n, 9n, 0n, 0n, 0n, ALL, ...empty)],
    [1n, 3n, hash(5n, 9n, 0n, 0n, 0n, ALL)],
    [511n, 1n, hash(0n, 0n)],
  ] as const) {
    const { receipt } = await mined(as.checkpoint(list, from, count));
    assert.deepEqual(eventsOf(receipt, status), [
      ["Checkpoint", list, issuer.address, TYPE_ID, SIZE, false, from, count, wordsHash],
    ]);
  }
  await as.close(list);
  const { receipt } = await mined(as.checkpoint(list, 0n, 1n));
  assert.equal(eventsOf(receipt, status)[0]?.[5], true);
  for (const [from, count] of [
    [0n, 0n],
    [0n, 513n],
    [512n, 1n],
    [511n, 2n],
    [ALL, 1n],
    [1n, ALL],
  ] as const) {
    await assertReverts(as.checkpoint(list, from, count), error("OutOfRange", from, count, 512n));
    await assertReverts(status.words(list, from, count), error("OutOfRange", from, count, 512n));
  }
  await assertReverts(as.checkpoint(id("none"), 0n, 1n), error("UnknownList", id("none")));
});

test("nothing is told of a list that is not there, or of a credential beyond its size", async () => {
  const { status, list, error } = await deployList();
  await assertReverts(status.words(id("none"), 0n, 1n), error("UnknownList", id("none")));
  await assertReverts(status.statusOf(id("none"), 0n), error("UnknownList", id("none")));
  await assertReverts(status.statusOf(list, SIZE), error("OutOfRange", 512n, 1n, 512n));
  await assertReverts(status.statusOf(list, ALL), error("OutOfRange", ALL / 256n, 1n, 512n));
});

test("the largest list is written and checkpointed to its last word", async () => {
  const { as, status, issuer } = await deployList();
  await as.createList(issuer.address, 1n, MAX_SIZE, TYPE_ID, BASE_URI);
  const list = listId(issuer.address, 1n);
  await as.update(list, [change(2_047n, { revoke: 1n << 255n })], REASON);
  assert.deepEqual((await status.statusOf(list, MAX_SIZE - 1n)).toArray(), [true, false]);
  const { receipt } = await mined(as.checkpoint(list, 0n, 2_048n));
  const words = [...Array<bigint>(4_094).fill(0n), 1n << 255n, 0n].map((word) => toBeHex(word, 32));
  assert.equal(eventsOf(receipt, status)[0]?.at(-1), keccak256(concat(words)));
});
