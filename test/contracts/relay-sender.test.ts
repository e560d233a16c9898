import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, dataSlice } from "ethers";
import { assertReverts, deployRegistry, label, revertData } from "../helpers/contracts.ts";
import { signRequest } from "../helpers/forwarder.ts";

const NAME = label("did/pub/Ed25519/veriKey");

/** A deployment and a write to Alice's identity. */
async function setUp() {
  const deployment = await deployRegistry();
  const { registry, alice, forwarder } = deployment;
  const data = registry.interface.encodeFunctionData("setAttribute", [alice.address, NAME, "0x01", 60n]);
  const execute = (request: unknown) => forwarder.getFunction("execute")(request);
  return { deployment, data, execute, ...deployment };
}

test("a stranger who appends the owner's address to calldata stays a stranger", async () => {
  const { data, registry, address, alice, bob } = await setUp();
  const multicall = registry.interface.encodeFunctionData("multicall", [[concat([data, alice.address])]]);
  for (const calldata of [concat([data, alice.address]), concat([multicall, alice.address])]) {
    await assertReverts(bob.sendTransaction({ to: address, data: calldata }), {
      contract: registry,
      name: "DidRegistryUnauthorized",
      args: [alice.address, bob.address],
    });
  }
});

test("a relayed multicall whose calls carry another's address at their end writes as its signer", async () => {
  const { deployment, data, execute, forwarder, registry, alice, bob } = await setUp();
  const { request } = await signRequest(deployment, {
    signer: bob,
    data: registry.interface.encodeFunctionData("multicall", [[concat([data, alice.address])]]),
  });
  await assertReverts(execute(request), { contract: forwarder, name: "FailedCall", args: [] });
  assert.equal(await registry.changed(alice.address), 0n);
});

test("calldata that ends before its arguments do is refused, from the forwarder too", async () => {
  const { deployment, data, execute, forwarder, registry, address, alice, ethers } = await setUp();
  const multicall = (inner: string) => registry.interface.encodeFunctionData("multicall", [[inner]]);
  for (const short of ["0x", dataSlice(data, 0, 4), dataSlice(data, 0, 100), multicall("0x")]) {
    const { request } = await signRequest(deployment, { signer: alice, data: short });
    await assertReverts(execute(request), { contract: forwarder, name: "FailedCall", args: [] });
  }
  // Shorter than the address that a forwarder appends, which the real one never sends.
  const impostor = await ethers.getImpersonatedSigner(await forwarder.getAddress());
  await ethers.provider.send("hardhat_setBalance", [impostor.address, "0xde0b6b3a7640000"]);
  for (const length of [0, 4, 19, 20]) {
    const transaction = { to: address, data: dataSlice(data, 0, length) };
    assert.equal(await revertData(impostor.sendTransaction(transaction)), "0x");
  }
  assert.equal(await registry.connect(impostor).isTrustedForwarder(impostor.address), true);
  assert.equal(await registry.changed(alice.address), 0n);
});
