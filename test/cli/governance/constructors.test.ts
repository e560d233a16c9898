import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { AbiCoder, ContractFactory, keccak256 } from "ethers";
import { ARTIFACTS, type Artifact } from "../../../cli/deploy/artifacts.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { currentDeployment, type Hex } from "../../../resolver/index.ts";
import { word } from "../../../resolver/primitives/hex.ts";
import { ACCOMPLICE, DEPLOYER, foundingChain, GUARDIAN } from "./founded.ts";

// A malicious constructor can return the reviewed code, and write storage without an event.

const { provider, found, as } = await foundingChain({ after });

/** Returns all code behind its own 11 bytes: for code that is to become a contract's. */
const RETURNS_THE_REST = "600b5981380380925939f3";

/**
 * The same contract with another creation code: it lets the reviewed constructor run on its own storage (DELEGATECALL), writes
 * one slot more, and returns the reviewed code.
 */
function withSlot(artifact: Artifact, slot: Hex, value: Hex): Artifact {
  const code = (length: string) =>
    [
      `6a${RETURNS_THE_REST}60a81b600052`, // at memory 0: what makes a contract of the following bytes
      `60${length}3803`, // their number: the reviewed creation code and its arguments
      `8060${length}600b39`, // CODECOPY
      "600b0160006000f0", // CREATE
      "6000600060006000845af45050", // DELEGATECALL
      `7f${value.slice(2)}7f${slot.slice(2)}55`, // SSTORE
      "3d600060003e3d6000f3", // RETURN what the reviewed constructor returned
    ].join("");
  const length = (code("00").length / 2).toString(16);
  return { ...artifact, bytecode: `0x${code(length)}${artifact.bytecode.slice(2)}` };
}

function slotOf(type: string, key: unknown, mapping: unknown): Hex {
  const slotType = typeof mapping === "number" ? "uint256" : "bytes32";
  return keccak256(AbiCoder.defaultAbiCoder().encode([type, slotType], [key, mapping])) as Hex;
}

test("a DID registry whose constructor gave somebody's DID away is found, though its code is the reviewed code", async (t) => {
  const victim = developmentAccount(7).address;
  const owned = withSlot(ARTIFACTS.DidRegistry, slotOf("address", victim, 2), word(ACCOMPLICE ?? "0x"));
  const { roles, did } = await found(t, { artifacts: { ...ARTIFACTS, DidRegistry: owned } });
  // The purpose of the attack: the accomplice owns a DID without any event about it.
  assert.equal(String(await did.getFunction("identityOwner")(victim)).toLowerCase(), ACCOMPLICE);
  await as(ACCOMPLICE, did, "changeOwner", victim, DEPLOYER);
  assert.deepEqual((await roles()).faults, [
    { fault: "creation", contract: "did", address: String(did.target).toLowerCase() },
  ]);
});

test("a trust registry whose constructor gave a role without an event is found", async (t) => {
  const role = keccak256(Buffer.from("mapae.council"));
  const slot = slotOf("address", ACCOMPLICE, slotOf("bytes32", role, 2));
  const TrustRegistry = withSlot(ARTIFACTS.TrustRegistry, slot, word(1));
  const { roles, trust } = await found(t, { artifacts: { ...ARTIFACTS, TrustRegistry } });
  assert.equal(await trust.getFunction("hasRole")(role, ACCOMPLICE), true);
  assert.deepEqual((await roles()).faults, [
    { fault: "creation", contract: "trust", address: String(trust.target).toLowerCase() },
  ]);
});

test("a contract that somebody created later, outside of the deployment, is found, though its code and getters are right", async (t) => {
  const { roles, network, descriptor } = await found(t);
  const deployment = currentDeployment(descriptor);
  const { did, trust } = deployment.registries;
  const { abi, bytecode } = ARTIFACTS.StatusRegistry;
  const later = await new ContractFactory(abi, bytecode, await provider.getSigner(ACCOMPLICE)).deploy(
    ...[deployment.forwarder.address, did.address, trust.address],
  );
  await later.waitForDeployment();
  const address = String(later.target).toLowerCase();
  const status = { address, codeHash: keccak256(await provider.getCode(address)) };
  const deployments = [{ ...deployment, registries: { did, trust, status } }];
  await writeFile(network, JSON.stringify({ ...descriptor, deployments }));
  assert.deepEqual((await roles()).faults, [{ fault: "creation", contract: "status", address }]);
});

test("a descriptor with another slot for the accepted grants is found: by it, proofs show that nobody is accredited", async (t) => {
  const { roles, network, descriptor } = await found(t);
  const deployment = currentDeployment(descriptor);
  const deployments = [{ ...deployment, slots: { ...deployment.slots, acceptedGrants: 11 } }];
  await writeFile(network, JSON.stringify({ ...descriptor, deployments }));
  assert.deepEqual((await roles()).faults, [{ fault: "slot", name: "acceptedGrants", is: 11, wanted: 8 }]);
});

test("what governance does after the deployment changes nothing about how its contracts were created", async (t) => {
  const { roles, timelock } = await found(t);
  await as(GUARDIAN, timelock, "renounceRole", await timelock.getFunction("CANCELLER_ROLE")(), GUARDIAN);
  assert.deepEqual(
    (await roles()).faults.map(({ fault }) => fault),
    ["missing"],
  );
});
