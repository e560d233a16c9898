import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "ethers";
import { deployRegistry } from "../helpers/contracts.ts";

/** Asks a registry of the harness who sends a call with this suffix and what it says. */
async function setUp(registry: string) {
  const { ethers, forwarder, alice, bob } = await deployRegistry();
  const trusted = await forwarder.getAddress();
  const { interface: abi, target } = await ethers.deployContract(`${registry}Harness`, [trusted]);
  const data = abi.encodeFunctionData("context", []);
  const contextOf = async (from: string, suffix: string) => {
    const answer = await ethers.provider.call({ from, to: target, data: concat([data, suffix]) });
    return [...abi.decodeFunctionResult("context", answer)];
  };
  return { contextOf, trusted, data, alice: alice.address, bob: bob.address };
}

for (const registry of ["DidRegistry", "TrustRegistry", "StatusRegistry"]) {
  test(`${registry}: from the forwarder, the last 20 bytes are the sender and no part of the message`, async () => {
    const { contextOf, trusted, data, alice } = await setUp(registry);
    assert.deepEqual(await contextOf(trusted, alice), [alice, data]);
  });

  test(`${registry}: from anybody else, they are part of the message and the sender is who calls`, async () => {
    const { contextOf, data, alice, bob } = await setUp(registry);
    assert.deepEqual(await contextOf(bob, alice), [bob, concat([data, alice])]);
    assert.deepEqual(await contextOf(bob, "0x"), [bob, data]);
  });

  test(`${registry}: from the forwarder with fewer than 20 bytes in all, the sender is the forwarder itself`, async () => {
    const { contextOf, trusted, data } = await setUp(registry);
    assert.deepEqual(await contextOf(trusted, "0x"), [trusted, data]);
    const fifteen = `0x${"ab".repeat(15)}`;
    assert.deepEqual(await contextOf(trusted, fifteen), [trusted, concat([data, fifteen])]);
  });
}
