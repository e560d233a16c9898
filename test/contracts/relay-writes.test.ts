import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, id } from "ethers";
import { assertReverts, eventsOf, mined } from "../helpers/contracts.ts";
import { signRequest } from "../helpers/forwarder.ts";
import { type Account, deployTrust, YEAR } from "../helpers/grants.ts";
import { BASE_URI, change, grantId, listId, REASON, SCHEMA_HASH, SIZE, TYPE_ID } from "../helpers/registries.ts";

/** A ministry with a root, and calls that are sent by a relayer or asked as the forwarder would make them. */
async function deployRelay() {
  const chain = await deployTrust();
  const { ethers, forwarder, relayer, trust, status } = chain;
  type Registry = typeof trust | typeof status;
  /** Relays one call; gives the events of the registry by name and actor. */
  const relay = async (registry: Registry, signer: Account, name: string, args: unknown[]) => {
    const data = registry.interface.encodeFunctionData(name, args);
    const relayed = { forwarder, address: String(registry.target), domainName: "Mapae" };
    const { request } = await signRequest(relayed, { signer, data, gas: 1_000_000n });
    const { receipt } = await mined(forwarder.connect(relayer).getFunction("execute")(request));
    return eventsOf(receipt, registry).map(([event, , actor]) => [event, actor]);
  };
  /** What a call by `sender` reverts with when it is relayed. */
  const simulate = (registry: Registry, sender: Account, name: string, args: unknown[]) => {
    const data = concat([registry.interface.encodeFunctionData(name, args), sender.address]);
    return ethers.provider.call({ from: String(forwarder.target), to: String(registry.target), data });
  };
  const parent = await chain.acceptedRoot(chain.ministry);
  return { ...chain, relay, simulate, parent };
}

test("each write to the trust registry can be relayed, and is its signer's", async () => {
  const { relay, trust, council, ministry, issuer, start, parent } = await deployRelay();
  const terms = [issuer.address, start, start + YEAR / 2n, true, ""];
  const root = grantId(TYPE_ID, issuer.address);
  const below = grantId(TYPE_ID, issuer.address, 1n, parent);
  for (const [signer, name, args, event] of [
    [council, "addType", ["urn:another", "urn:schema", SCHEMA_HASH], "TypeAdded"],
    [council, "grantRoot", [TYPE_ID, ...terms], "Granted"],
    [ministry, "grant", [parent, ...terms], "Granted"],
    [issuer, "accept", [below], "Accepted"],
    [issuer, "accept", [root], "Accepted"],
    [council, "extend", [root, start + YEAR], "Extended"],
    [ministry, "extend", [below, start + YEAR], "Extended"],
    [ministry, "withdraw", [below, 0n], "Withdrawn"],
    [issuer, "withdraw", [root, 0n], "Withdrawn"],
  ] as const) {
    assert.deepEqual(await relay(trust, signer, name, [...args]), [[event, signer.address]]);
  }
});

test("each write to the status registry can be relayed, and is its signer's", async () => {
  const { relay, status, ministry } = await deployRelay();
  const list = listId(ministry.address, 0n);
  for (const [name, args, event] of [
    ["createList", [ministry.address, 0n, SIZE, TYPE_ID, BASE_URI], "ListCreated"],
    ["update", [list, [change(0n, { suspend: 1n })], REASON], "StatusChanged"],
    ["update", [list, [change(0n, { reinstate: 1n })], REASON], "StatusChanged"],
    ["checkpoint", [list, 0n, 1n], "Checkpoint"],
    ["close", [list], "ListClosed"],
  ] as const) {
    assert.deepEqual(await relay(status, ministry, name, [...args]), [[event, ministry.address]]);
  }
});

test("a relayed write that is refused names its signer, not the forwarder", async () => {
  const { simulate, trust, status, ministry, stranger, start, parent, relay } = await deployRelay();
  const terms = [stranger.address, start, start + YEAR, true, ""];
  const list = listId(ministry.address, 0n);
  await relay(status, ministry, "createList", [ministry.address, 0n, SIZE, TYPE_ID, BASE_URI]);
  const missing = (role: string) => ["AccessControlUnauthorizedAccount", [stranger.address, id(role)]] as const;
  const ofGrant = ["TrustRegistryUnauthorized", [parent, stranger.address]] as const;
  const ofList = ["StatusRegistryUnauthorized", [ministry.address, stranger.address]] as const;
  for (const [contract, call, args, [name, wanted]] of [
    [trust, "addType", ["urn:another", "urn:schema", SCHEMA_HASH], missing("mapae.types")],
    [trust, "grantRoot", [TYPE_ID, ...terms], missing("mapae.roots")],
    [trust, "grant", [parent, ...terms], ofGrant],
    [trust, "accept", [parent], ofGrant],
    [trust, "extend", [parent, start + 2n * YEAR], missing("mapae.roots")],
    [trust, "withdraw", [parent, 0n], ofGrant],
    [status, "createList", [ministry.address, 1n, SIZE, TYPE_ID, BASE_URI], ofList],
    [status, "close", [list], ofList],
    [status, "update", [list, [change(0n)], REASON], ofList],
    [status, "checkpoint", [list, 0n, 1n], ofList],
  ] as const) {
    await assertReverts(simulate(contract, stranger, call, [...args]), { contract, name, args: [...wanted] });
  }
});
