import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import { HEAD_KIND, headSeed, headSlot, nextHead, nextRoot } from "../../../resolver/primitives/head.ts";
import { type Address, type Hash, type Hex, word } from "../../../resolver/primitives/hex.ts";
import { deployRegistry, mineAt, now } from "../../helpers/contracts.ts";
import { name32 } from "../../helpers/keys.ts";
import { inProcessRpc } from "../../helpers/network.ts";
import vector from "../../vectors/valid/head.json" with { type: "json" };

test("heads and the root fold as in the worked example", () => {
  const origin = { chainId: vector.chainId, registry: vector.registry as Address };
  let root = headSeed(origin, HEAD_KIND.root);
  assert.equal(root, vector.rootSeed);
  const heads = new Map<Hash, Hash>();
  for (const [identity, wanted] of Object.entries(vector.identitySeeds)) {
    const subject = word(identity as Address);
    heads.set(subject, headSeed(origin, HEAD_KIND.did, subject));
    assert.equal(heads.get(subject), wanted);
  }
  for (const event of vector.events) {
    const log = {
      address: origin.registry,
      topics: event.topics as Hash[],
      data: event.data as Hex,
      blockNumber: event.block,
      blockHash: word(1),
      transactionHash: word(2),
      logIndex: 0,
    };
    const subject = log.topics[1] ?? assert.fail();
    const head = nextHead(heads.get(subject) ?? assert.fail(), log, event.time);
    root = nextRoot(root, head);
    heads.set(subject, head);
    assert.deepEqual({ head, root }, { head: event.head, root: event.root });
  }
});

test("heads and the root are those that the contract holds, and each is in its slot", async () => {
  const deployment = await deployRegistry({ chainId: 4_242 });
  const { registry, address, alice, bob } = deployment;
  const reader = rpcReader(inProcessRpc(deployment));
  const origin = { chainId: 4_242, registry: address.toLowerCase() as Address };
  const key = name32("did/pub/X25519/enc");
  await registry.setAttribute(alice.address, key, "0x0102030405", 60n);
  await mineAt(deployment, (await now(deployment)) + 100n);
  await registry.addDelegate(alice.address, name32("veriKey"), bob.address, 0n);
  await registry.setAttribute(alice.address, key, new Uint8Array(4_096), 60n);
  await registry.connect(bob).revokeAttribute(bob.address, key, "0x");
  await registry.changeOwner(alice.address, ZeroAddress);

  const newest = (await reader.header("latest")) ?? assert.fail();
  let root = headSeed(origin, HEAD_KIND.root);
  const heads = new Map<Hash, Hash>();
  for (const log of await reader.logs({ addresses: [origin.registry], fromBlock: 0, toBlock: newest.number })) {
    const [, subject = word(0)] = log.topics;
    const { time } = (await reader.header(log.blockNumber)) ?? assert.fail();
    const head = nextHead(heads.get(subject) ?? headSeed(origin, HEAD_KIND.did, subject), log, time);
    heads.set(subject, head);
    root = nextRoot(root, head);
  }
  assert.equal(root, await registry.root());
  assert.equal(heads.size, 2);
  for (const [subject, head] of heads) {
    assert.equal(head, await registry.head(subject));
    const slot = { address: origin.registry, slot: headSlot(subject, 0) };
    assert.deepEqual(await reader.storage([slot], newest.hash), [head]);
  }
});

test("every kind of subject has a seed of its own, and so has every chain and registry", () => {
  const origin = { chainId: 1, registry: word(1).slice(0, 42) as Address };
  const kinds = Object.values(HEAD_KIND);
  const seeds = [
    ...kinds.map((kind) => headSeed(origin, kind, word(5))),
    headSeed(origin, HEAD_KIND.did, word(6)),
    headSeed({ ...origin, chainId: 2 }, HEAD_KIND.did, word(5)),
    headSeed({ ...origin, registry: `0x${"01".repeat(20)}` }, HEAD_KIND.did, word(5)),
  ];
  assert.equal(new Set(seeds).size, kinds.length + 3);
});
