import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, dataSlice, ZeroAddress, zeroPadValue } from "ethers";
import { assertReverts, type Deployment, deployRegistry, label, now, setNextTime } from "../helpers/contracts.ts";
import { digestOf, malleated, recoveredFrom, signRequest } from "../helpers/forwarder.ts";

const NAME = label("did/pub/Ed25519/veriKey");

/** A deployment and what Alice signs in it: one attribute of her own identity. */
async function setUp() {
  const deployment = await deployRegistry();
  const { registry, alice, forwarder } = deployment;
  const data = registry.interface.encodeFunctionData("setAttribute", [alice.address, NAME, "0x01", 60n]);
  const execute = (request: unknown) => forwarder.getFunction("execute")(request);
  return { deployment, data, execute, ...deployment };
}

/** A second forwarder with a second registry on the same chain. */
async function secondDeployment({ ethers }: Deployment) {
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae forwarder"]);
  const registry = await ethers.deployContract("DidRegistry", [await forwarder.getAddress()]);
  return { forwarder, address: await registry.getAddress() };
}

test("the same request twice is refused", async () => {
  const { deployment, data, execute, forwarder, alice } = await setUp();
  const signed = await signRequest(deployment, { signer: alice, data });
  await execute(signed.request);
  await assertReverts(execute(signed.request), {
    contract: forwarder,
    name: "ERC2771ForwarderInvalidSigner",
    args: [recoveredFrom(signed, { message: { nonce: 1n } }), alice.address],
  });
});

test("a request for one deployment is refused by a second one", async () => {
  const { deployment, data, alice, address } = await setUp();
  const second = await secondDeployment(deployment);
  const signed = await signRequest(deployment, { signer: alice, data });
  const executeOnSecond = second.forwarder.getFunction("execute");

  await assertReverts(executeOnSecond(signed.request), {
    contract: second.forwarder,
    name: "ERC2771UntrustfulTarget",
    args: [address, await second.forwarder.getAddress()],
  });
  const verifyingContract = await second.forwarder.getAddress();
  await assertReverts(executeOnSecond({ ...signed.request, to: second.address }), {
    contract: second.forwarder,
    name: "ERC2771ForwarderInvalidSigner",
    args: [recoveredFrom(signed, { domain: { verifyingContract }, message: { to: second.address } }), alice.address],
  });
});

test("a request for one registry is refused for another of the same forwarder", async () => {
  const { deployment, data, execute, forwarder, ethers, alice } = await setUp();
  const other = await ethers.deployContract("DidRegistry", [await forwarder.getAddress()]);
  const signed = await signRequest(deployment, { signer: alice, data });
  const to = await other.getAddress();
  await assertReverts(execute({ ...signed.request, to }), {
    contract: forwarder,
    name: "ERC2771ForwarderInvalidSigner",
    args: [recoveredFrom(signed, { message: { to } }), alice.address],
  });
});

test("a request signed for another chain is refused", async () => {
  const { deployment, data, execute, forwarder, alice } = await setUp();
  const signed = await signRequest(deployment, { signer: alice, data, chainId: 1n });
  await assertReverts(execute(signed.request), {
    contract: forwarder,
    name: "ERC2771ForwarderInvalidSigner",
    args: [recoveredFrom(signed, { domain: { chainId: 31337n } }), alice.address],
  });
});

test("a request is refused one second after its deadline", async () => {
  const { deployment, data, execute, forwarder, alice } = await setUp();
  const deadline = (await now(deployment)) + 100n;
  const { request } = await signRequest(deployment, { signer: alice, data, deadline });
  await setNextTime(deployment, deadline + 1n);
  await assertReverts(execute(request), {
    contract: forwarder,
    name: "ERC2771ForwarderExpiredRequest",
    args: [deadline],
  });
});

test("the second signature that every signature has (n - s) is refused", async () => {
  const { deployment, data, execute, forwarder, alice, ethers } = await setUp();
  const signed = await signRequest(deployment, { signer: alice, data });
  const signature = malleated(signed.request.signature);
  const ecrecover = concat([digestOf(signed), zeroPadValue(dataSlice(signature, 64), 32), dataSlice(signature, 0, 64)]);
  const recovered = await ethers.provider.call({ to: zeroPadValue("0x01", 20), data: ecrecover });
  assert.equal(recovered, zeroPadValue(alice.address.toLowerCase(), 32), "the chain itself would accept it");

  await assertReverts(execute({ ...signed.request, signature }), {
    contract: forwarder,
    name: "ERC2771ForwarderInvalidSigner",
    args: [ZeroAddress, alice.address],
  });
});

test("nobody signs for another", async () => {
  const { deployment, data, execute, forwarder, alice, bob } = await setUp();
  const { request } = await signRequest(deployment, { signer: bob, from: alice.address, data });
  await assertReverts(execute(request), {
    contract: forwarder,
    name: "ERC2771ForwarderInvalidSigner",
    args: [bob.address, alice.address],
  });
});

test("a signature that recovers nobody does not speak for the zero address", async () => {
  const { deployment, data, execute, forwarder, alice } = await setUp();
  const { request } = await signRequest(deployment, { signer: alice, from: ZeroAddress, data });
  for (const signature of ["0x", `0x${"00".repeat(65)}`]) {
    await assertReverts(execute({ ...request, signature }), {
      contract: forwarder,
      name: "ERC2771ForwarderInvalidSigner",
      args: [ZeroAddress, ZeroAddress],
    });
  }
});

test("a relayer cannot alter what was signed", async () => {
  const { deployment, data, execute, forwarder, registry, alice, bob } = await setUp();
  const signed = await signRequest(deployment, { signer: alice, data });
  const altered = registry.interface.encodeFunctionData("changeOwner", [alice.address, bob.address]);
  await assertReverts(execute({ ...signed.request, data: altered }), {
    contract: forwarder,
    name: "ERC2771ForwarderInvalidSigner",
    args: [recoveredFrom(signed, { message: { data: altered } }), alice.address],
  });
});
