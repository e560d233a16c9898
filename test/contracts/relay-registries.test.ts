import assert from "node:assert/strict";
import { test } from "node:test";
import { type Contract, concat, dataSlice } from "ethers";
import { assertReverts, eventsOf, mined, now, setNextTime } from "../helpers/contracts.ts";
import { malleated, type Relayed, recoveredFrom, signRequest } from "../helpers/forwarder.ts";
import { deployTrust, YEAR } from "../helpers/grants.ts";
import { BASE_URI, change, listId, REASON, SIZE, TYPE_ID } from "../helpers/registries.ts";

/**
 * A ministry and an issuer that both can write, and what each registry is asked in one request: two calls in the
 * registry's own `multicall`.
 */
async function deployRelay() {
  const chain = await deployTrust();
  const { trust, status, ministry, issuer, start, forwarder, relayer } = chain;
  const parent = await chain.acceptedRoot(ministry);
  await chain.acceptedBelow(parent, ministry, issuer);
  await status.connect(issuer).createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const list = listId(issuer.address, 0n);
  const terms = [issuer.address, start, start + YEAR, false, ""];
  const grant = trust.interface.encodeFunctionData("grant", [parent, ...terms]);
  const revoke = status.interface.encodeFunctionData("update", [list, [change(0n, { revoke: 1n })], REASON]);
  const checkpoint = status.interface.encodeFunctionData("checkpoint", [list, 0n, 4n]);
  const request = (registry: typeof trust | typeof status, signer: typeof issuer, calls: string[]) => {
    const data = registry.interface.encodeFunctionData("multicall", [calls]);
    const relayed: Relayed = { forwarder, address: String(registry.target), domainName: "Mapae" };
    return { registry, relayed, options: { signer, data, gas: 1_000_000n } };
  };
  const execute = (signed: unknown, through: Contract = forwarder as unknown as Contract) =>
    (through.connect(relayer) as Contract).getFunction("execute")(signed);
  const requests = {
    TrustRegistry: request(trust, ministry, [grant, grant]),
    StatusRegistry: request(status, issuer, [revoke, checkpoint]),
  };
  return { ...chain, grant, revoke, request, requests, execute };
}

for (const name of ["TrustRegistry", "StatusRegistry"] as const) {
  const setUp = async () => {
    const chain = await deployRelay();
    const { registry, relayed, options } = chain.requests[name];
    const { forwarder } = chain;
    const invalid = (recovered: string) => {
      const args = [recovered, options.signer.address];
      return { contract: forwarder, name: "ERC2771ForwarderInvalidSigner", args };
    };
    return { ...chain, registry, relayed, options, invalid };
  };

  test(`one relayed request to ${name} carries several calls, all by its signer`, async () => {
    const { ethers, registry, relayed, options, execute } = await setUp();
    const balance = await ethers.provider.getBalance(options.signer.address);
    const { request } = await signRequest(relayed, options);
    const { receipt } = await mined(execute(request));
    const events = eventsOf(receipt, registry);
    assert.deepEqual(
      events.map(([, , actor]) => actor),
      [options.signer.address, options.signer.address],
    );
    assert.equal(await ethers.provider.getBalance(options.signer.address), balance);
  });

  test(`the same request to ${name} twice is refused`, async () => {
    const { relayed, options, execute, invalid } = await setUp();
    const signed = await signRequest(relayed, options);
    await execute(signed.request);
    await assertReverts(execute(signed.request), invalid(recoveredFrom(signed, { message: { nonce: 1n } })));
  });

  test(`a request to ${name} for another chain is refused`, async () => {
    const { relayed, options, execute, invalid } = await setUp();
    const signed = await signRequest(relayed, { ...options, chainId: 1n });
    await assertReverts(execute(signed.request), invalid(recoveredFrom(signed, { domain: { chainId: 31_337n } })));
  });

  test(`a request to ${name} for one deployment is refused by a second one`, async () => {
    const { ethers, did, council, trust, relayed, options, execute, invalid, registry } = await setUp();
    const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae"]);
    const others = name === "TrustRegistry" ? [council.address, council.address] : [trust.target];
    const second = await ethers.deployContract(name, [forwarder.target, did.target, ...others]);
    const signed = await signRequest(relayed, options);
    await assertReverts(execute(signed.request, forwarder as unknown as Contract), {
      contract: forwarder,
      name: "ERC2771UntrustfulTarget",
      args: [registry.target, forwarder.target],
    });
    const to = String(second.target);
    const verifyingContract = String(forwarder.target);
    const recovered = recoveredFrom(signed, { domain: { verifyingContract }, message: { to } });
    const moved = execute({ ...signed.request, to }, forwarder as unknown as Contract);
    await assertReverts(moved, { ...invalid(recovered), contract: forwarder });
  });

  test(`a request to ${name} is refused one second after its deadline`, async () => {
    const chain = await setUp();
    const { forwarder, relayed, options, execute } = chain;
    const deadline = (await now(chain)) + 100n;
    const { request } = await signRequest(relayed, { ...options, deadline });
    await setNextTime(chain, deadline + 1n);
    const args = [deadline];
    await assertReverts(execute(request), { contract: forwarder, name: "ERC2771ForwarderExpiredRequest", args });
  });

  test(`the other signature of a request to ${name} is refused, and so is anybody else's`, async () => {
    const { relayed, options, execute, invalid, stranger } = await setUp();
    const { request } = await signRequest(relayed, options);
    const zero = `0x${"00".repeat(20)}`;
    await assertReverts(execute({ ...request, signature: malleated(request.signature) }), invalid(zero));
    const forged = await signRequest(relayed, { ...options, signer: stranger, from: options.signer.address });
    await assertReverts(execute(forged.request), invalid(stranger.address));
  });

  test(`a call that fails inside a request to ${name} undoes all of it, and a simulation gives its error`, async () => {
    const chain = await setUp();
    const { ethers, forwarder, registry, grant, revoke, request, execute, issuer } = chain;
    const good = name === "TrustRegistry" ? [grant] : [revoke];
    const bad =
      name === "TrustRegistry"
        ? registry.interface.encodeFunctionData("accept", [REASON])
        : registry.interface.encodeFunctionData("close", [REASON]);
    const signer = name === "TrustRegistry" ? chain.ministry : issuer;
    const { relayed, options } = request(registry, signer, [...good, bad]);
    const signed = await signRequest(relayed, options);
    const root = await registry.root();
    await assertReverts(execute(signed.request), { contract: forwarder, name: "FailedCall", args: [] });
    assert.equal(await registry.root(), root);
    assert.equal(await forwarder.getFunction("nonces")(signer.address), 0n);
    // What a relayer asks first: the call as the forwarder would make it.
    const data = concat([options.data, signer.address]);
    const simulated = ethers.provider.call({ from: String(forwarder.target), to: relayed.address, data });
    const [error, args] =
      name === "TrustRegistry" ? ["TrustRegistryUnknownGrant", [REASON]] : ["StatusRegistryUnknownList", [REASON]];
    await assertReverts(simulated, { contract: registry, name: error as string, args: args as unknown[] });
  });

  test(`a stranger who appends another's address to a call of ${name} stays a stranger`, async () => {
    const { registry, options, stranger, ethers } = await setUp();
    const call = {
      from: stranger.address,
      to: String(registry.target),
      data: concat([options.data, options.signer.address]),
    };
    const error = name === "TrustRegistry" ? "TrustRegistryUnauthorized" : "StatusRegistryUnauthorized";
    const data = await ethers.provider.call(call).then(
      () => assert.fail("was allowed"),
      (reason: { data: string }) => reason.data,
    );
    const parsed = registry.interface.parseError(data);
    assert.equal(parsed?.name, error);
    assert.equal(parsed?.args[1], stranger.address);
  });
}

test("calldata that ends before its arguments do is refused, from the forwarder too", async () => {
  const { issuer, execute, requests, forwarder } = await deployRelay();
  const { relayed, options } = requests.StatusRegistry;
  for (const data of ["0x", dataSlice(options.data, 0, 4), dataSlice(options.data, 0, 100)]) {
    const { request } = await signRequest(relayed, { signer: issuer, data });
    await assertReverts(execute(request), { contract: forwarder, name: "FailedCall", args: [] });
  }
});
