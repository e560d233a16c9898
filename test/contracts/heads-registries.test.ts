import assert from "node:assert/strict";
import { test } from "node:test";
import { AbiCoder, keccak256, type Log, ZeroHash } from "ethers";
import { DAY, deployTrust, YEAR } from "../helpers/grants.ts";
import { KIND_GRANT, KIND_LIST, KIND_ROOT, KIND_TYPE, replay, seed, type TimedLog } from "../helpers/heads.ts";
import { BASE_URI, change, deployRegistries, listId, REASON, SIZE, TYPE_ID } from "../helpers/registries.ts";

const CHAIN_ID = 31_337n;

type Chain = Pick<Awaited<ReturnType<typeof deployTrust>>, "ethers">;

/** All events of a registry that are in its heads, with their blocks. */
async function logsOf({ ethers }: Chain, address: string): Promise<TimedLog[]> {
  const logs = await ethers.provider.getLogs({ address, fromBlock: 0 });
  // Events about roles have one or three indexed arguments and no head.
  const inHeads = logs.filter(({ topics }: Log) => topics.length === 3);
  return Promise.all(
    inHeads.map(async ({ topics, data, blockNumber }) => {
      const block = await ethers.provider.getBlock(blockNumber);
      assert(block);
      return { topics, data, block: BigInt(blockNumber), time: BigInt(block.timestamp) };
    }),
  );
}

test("new registries begin with the seeds of kind 0", async () => {
  const { trust, status } = await deployRegistries();
  for (const registry of [trust, status]) {
    const address = String(registry.target);
    assert.equal(await registry.root(), seed({ chainId: CHAIN_ID, address }, KIND_ROOT, ZeroHash));
  }
});

test("each event of types and grants advances its subject's head and the root, and nothing else does", async () => {
  const chain = await deployTrust();
  const { trust, ministry, issuer, start } = chain;
  const parent = await chain.acceptedRoot(ministry);
  const child = await chain.acceptedBelow(parent, ministry, issuer, { label: "발급기관" });
  await trust.extend(parent, start + 2n * YEAR);
  await trust.connect(ministry).extend(child, start + 2n * YEAR);
  await trust.connect(ministry).withdraw(child, start + DAY);
  await trust.withdraw(parent, 0n);
  await trust.multicall([
    trust.interface.encodeFunctionData("addType", ["urn:2", "urn:schema:2", REASON]),
    trust.interface.encodeFunctionData("grantRoot", [TYPE_ID, issuer.address, start, start + YEAR, false, ""]),
  ]);
  await trust.getFunction("grantRole")(await trust.getFunction("COUNCIL_ROLE")(), ministry.address);

  const address = String(trust.target);
  const logs = await logsOf(chain, address);
  const typeAdded = trust.interface.getEvent("TypeAdded")?.topicHash;
  const { heads, root } = replay({ chainId: CHAIN_ID, address }, logs, ({ topics }) =>
    topics[0] === typeAdded ? KIND_TYPE : KIND_GRANT,
  );
  assert.equal(logs.length, 11);
  assert.equal(heads.size, 5);
  for (const [subject, head] of heads) {
    assert.equal(await trust.head(subject), head);
    const slot = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [subject, 0]));
    assert.equal(await chain.ethers.provider.getStorage(address, slot), head);
  }
  assert.equal(await trust.root(), root);
  assert.equal(await chain.ethers.provider.getStorage(address, 1), root);
});

test("each event of a list advances its head and the root", async () => {
  const chain = await deployTrust();
  const { status, issuer } = chain;
  await chain.acceptedRoot(issuer);
  const as = status.connect(issuer);
  for (const number of [0n, 1n]) await as.createList(issuer.address, number, SIZE, TYPE_ID, BASE_URI);
  const [first, second] = [listId(issuer.address, 0n), listId(issuer.address, 1n)];
  await as.update(first, [change(0n, { revoke: 1n }), change(9n, { suspend: 3n })], REASON);
  await as.update(second, [change(511n, { suspend: 1n })], REASON);
  await as.update(second, [change(511n, { reinstate: 1n })], REASON);
  await as.checkpoint(first, 8n, 504n);
  await as.close(second);
  await as.multicall(
    [first, second].map((list) => status.interface.encodeFunctionData("update", [list, [change(1n)], REASON])),
  );

  const address = String(status.target);
  const logs = await logsOf(chain, address);
  const { heads, root } = replay({ chainId: CHAIN_ID, address }, logs, () => KIND_LIST);
  assert.equal(logs.length, 9);
  assert.deepEqual([...heads.keys()], [first, second]);
  for (const [subject, head] of heads) assert.equal(await status.head(subject), head);
  assert.equal(await status.root(), root);
  assert.equal(await chain.ethers.provider.getStorage(address, 1), root);
});

test("a write that is refused moves no head and not the root", async () => {
  const chain = await deployTrust();
  const { trust, status, issuer, stranger } = chain;
  const granted = await chain.acceptedRoot(issuer);
  await status.connect(issuer).createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const list = listId(issuer.address, 0n);
  const state = () => Promise.all([trust.head(granted), trust.root(), status.head(list), status.root()]);
  const before = await state();
  await assert.rejects(trust.connect(stranger).withdraw(granted, 0n));
  await assert.rejects(status.connect(stranger).update(list, [change(0n, { revoke: 1n })], REASON));
  await assert.rejects(status.connect(stranger).close(list));
  assert.deepEqual(await state(), before);
});
