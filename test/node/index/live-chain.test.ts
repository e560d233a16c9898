import assert from "node:assert/strict";
import { test } from "node:test";
import { toUtf8Bytes } from "ethers";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { headSlot } from "../../../resolver/primitives/head.ts";
import { type Address, word } from "../../../resolver/primitives/hex.ts";
import { type Deployment, deployRegistry, label, mined } from "../../helpers/contracts.ts";
import { describeNetwork, inProcessRpc } from "../../helpers/network.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";

/** Hardhat's own chain with the registry on it, and a node that follows it through JSON-RPC. */
async function live() {
  const deployment = await deployRegistry();
  const instant = await describeNetwork(deployment);
  const [deployed] = instant.deployments;
  assert(deployed);
  // The forwarder is in block 1, the registry in block 2.
  const network: NetworkDescriptor = {
    ...instant,
    finality: { kind: "depth", blocks: 20 },
    deployments: [{ ...deployed, fromBlock: 2 }],
  };
  const reader = rpcReader(inProcessRpc(deployment));
  const node = await SimulatedNode.start({ network, readers: [reader] });
  return { deployment, network, reader, node };
}

function addressOf(account: { address: string }): Address {
  return account.address.toLowerCase() as Address;
}

async function setService({ registry }: Deployment, account: Deployment["alice"], url: string): Promise<void> {
  const name = label("did/svc/HubService");
  await mined(registry.connect(account).setAttribute(account.address, name, toUtf8Bytes(url), 1_000n));
}

test("each write to a real chain is followed block by block; state, head and root equal the contract's storage", async () => {
  const { deployment, network, reader, node } = await live();
  const { alice, bob, carol, registry, address } = deployment;
  await node.settle();
  await setService(deployment, alice, "https://one.example");
  await mined(registry.changeOwner(alice.address, bob.address));
  await mined(registry.connect(carol).addDelegate(carol.address, label("status"), bob.address, 100n));
  await node.settle();
  await mined(registry.connect(bob).changeOwner(alice.address, `0x${"0".repeat(40)}`));
  await node.settle();

  const state = node.index.state("did", addressOf(alice));
  assert.deepEqual([state?.events, state?.owner, state?.deactivated?.block], [3, addressOf(bob), 9]);
  for (const account of [alice, bob, carol]) {
    const slot = { address: address.toLowerCase() as Address, slot: headSlot(word(addressOf(account)), 0) };
    const [head] = await reader.storage([slot], node.index.asOf()?.hash ?? "0x");
    assert.equal(node.index.state("did", addressOf(account))?.head ?? word(0), head);
  }
  assert.equal(node.index.roots()?.did, await registry.root());
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(reader, network));
});

test("a real chain that goes back and takes another branch is followed there", async () => {
  const { deployment, network, reader, node } = await live();
  const { alice, bob, registry, ethers } = deployment;
  await setService(deployment, alice, "https://stays.example");
  await node.settle();
  const snapshot = await ethers.provider.send("evm_snapshot", []);
  const fork = node.index.asOf();
  await setService(deployment, alice, "https://vanishes.example");
  await setService(deployment, bob, "https://vanishes.example");
  await node.settle();
  assert.equal(node.index.state("did", addressOf(bob))?.events, 1);

  await ethers.provider.send("evm_revert", [snapshot]);
  await node.tick();
  // Lower, but nothing else is known at the heights that we hold.
  assert.equal(node.progress.state().kind, "stale");
  assert.equal(node.index.asOf()?.number, (fork?.number ?? 0) + 2);
  await setService(deployment, alice, "https://other.example");
  await node.settle();
  assert.equal(node.index.state("did", addressOf(bob)), undefined);
  assert.equal(node.index.state("did", addressOf(alice))?.events, 2);
  assert.equal(node.index.roots()?.did, await registry.root());
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(reader, network));
});

test("many blocks of a real chain are read by ranges", async () => {
  const { deployment, network, reader, node } = await live();
  const { alice, ethers, registry } = deployment;
  await node.settle();
  await node.stop();
  for (let count = 0; count < 5; count++) {
    await setService(deployment, alice, `https://${count}.example`);
    for (let empty = 0; empty < 100; empty++) await ethers.provider.send("evm_mine", []);
  }
  const late = await SimulatedNode.start({ network, readers: [reader] });
  await late.settle();
  assert.equal(late.index.state("did", addressOf(alice))?.events, 5);
  assert.equal(late.index.roots()?.did, await registry.root());
});
