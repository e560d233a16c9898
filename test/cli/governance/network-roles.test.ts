import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Contract, JsonRpcProvider, ZeroHash } from "ethers";
import { STEPS } from "../../../cli/deploy/deploy-network.ts";
import { expectedRoles, roleFaults } from "../../../cli/governance/expected-roles.ts";
import { governed } from "../../../cli/governance/propose.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { timelockAbi, trustRegistryAbi } from "../../../resolver/abi.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/index.ts";
import { answerOf, mapae, startNetwork, temporaryFolder } from "../harness.ts";

test("a network as this version deploys it passes the check, and one with another contract in a place does not", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, env } = await startNetwork(folder);
  t.after(() => chain.stop());
  const good = await answerOf<{ contracts: object; faults: unknown[] }>(["network", "check"], env);
  assert.deepEqual(good.faults, []);
  assert.deepEqual(Object.keys(good.contracts).sort(), STEPS.map(({ name }) => name).sort());

  // The chain has a timelock's code where the descriptor says that the forwarder is.
  const { descriptor } = await answerOf<{ descriptor: NetworkDescriptor }>(["network", "show"], env);
  const [deployment] = descriptor.deployments;
  const swapped = { ...descriptor, deployments: [{ ...deployment, forwarder: deployment?.timelock }] };
  await writeFile(join(folder, "swapped.json"), JSON.stringify(swapped));
  const outcome = await mapae(["network", "check", "--json"], { ...env, MAPAE_NETWORK: join(folder, "swapped.json") });
  assert.equal(outcome.code, 5);
  const { faults } = JSON.parse(outcome.stdout);
  assert.deepEqual(
    faults.map(({ fault, contract }: { fault: string; contract: string }) => [fault, contract]),
    [
      ["code", "forwarder"],
      ["wiring", "did"],
      ["wiring", "trust"],
      ["wiring", "status"],
    ],
  );
});

interface Roles {
  roles: { contract: string; role: string; holders: string[] }[];
  faults: unknown[];
}

test("every holder of every role is listed, and one that should not be there fails the command", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, env, as } = await startNetwork(folder);
  t.after(() => chain.stop());
  const council = developmentAccount(0).address;
  const descriptor = (await answerOf<{ descriptor: NetworkDescriptor }>(["network", "show"], env)).descriptor;
  const deployment = currentDeployment(descriptor);
  const { timelock, seat, registries } = deployment;
  const { roles, faults } = await answerOf<Roles>(["network", "roles"], env);
  assert.deepEqual(faults, []);
  const held = new Map(roles.map(({ contract, role, holders }) => [`${contract} ${role}`, holders]));
  assert.deepEqual(Object.fromEntries(held), {
    "timelock admin": [timelock.address],
    "timelock proposer": [seat.address],
    "timelock canceller": [council, seat.address].sort(),
    "timelock executor": [`0x${"0".repeat(40)}`],
    "recovery admin": [timelock.address],
    "recovery proposer": [council],
    "recovery canceller": [council, seat.address].sort(),
    "recovery executor": [`0x${"0".repeat(40)}`],
    "trust admin": [timelock.address],
    "trust council": [seat.address],
    "trust roots": [timelock.address],
    "trust types": [timelock.address],
  });

  assert.match((await mapae(["network", "roles"], env)).stderr, /✓ Events of governance read/);
  // Somebody else than the council of the file.
  const file = join(folder, "council.json");
  const [other, guardian] = [developmentAccount(5).address, council];
  await writeFile(file, JSON.stringify({ council: other, guardian }));
  const outcome = await mapae(["network", "roles", "--governance", file], env);
  assert.equal(outcome.code, 5);
  assert.match(outcome.stderr, new RegExp(`${council} holds the council's seat, wanted ${other}`));

  // Governance gives a role away, and takes it back.
  const provider = new JsonRpcProvider(chain.url, 31_337, { staticNetwork: true, cacheTimeout: -1 });
  t.after(() => provider.destroy());
  const signer = await provider.getSigner(council);
  const trust = new Contract(registries.trust.address, trustRegistryAbi, provider);
  const types = await trust.getFunction("TYPES_ROLE")();
  const act = async (name: string) => {
    const data = trust.interface.encodeFunctionData(name, [types, other]) as `0x${string}`;
    const done = await governed({
      signer,
      deployment,
      target: registries.trust.address,
      data,
      fees: {},
    });
    assert.equal(done.state, "done");
  };
  await act("grantRole");
  const given = await mapae(["network", "roles", "--json"], as(0));
  assert.equal(given.code, 5);
  assert.match(given.stderr, new RegExp(`${other} as trust types is unexpected`));
  await act("revokeRole");
  assert.equal((await mapae(["network", "roles"], env)).code, 0);
});

test("a role that no contract of ours has, and a missing holder, are faults", () => {
  const timelock = { address: `0x${"c0".repeat(20)}` as const, codeHash: ZeroHash as `0x${string}` };
  const deployment = { timelock, seat: timelock } as Parameters<typeof expectedRoles>[1];
  const holder = `0x${"ab".repeat(20)}` as const;
  const faults = (roles: Parameters<typeof roleFaults>[0]) =>
    roleFaults(roles, expectedRoles(roles, deployment, undefined));
  assert.deepEqual(faults([{ contract: "trust", role: "0x12", holders: [holder] }]), [
    { fault: "unexpected", contract: "trust", role: "0x12", account: holder },
  ]);
  assert.deepEqual(faults([{ contract: "timelock", role: "admin", holders: [] }]), [
    { fault: "missing", contract: "timelock", role: "admin", account: timelock.address },
  ]);
});

test("an act of governance waits for its delay, and anybody may then execute it", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain } = await startNetwork(folder);
  t.after(() => chain.stop());
  const provider = new JsonRpcProvider(chain.url, 31_337, { staticNetwork: true, cacheTimeout: -1 });
  t.after(() => provider.destroy());
  const [council, stranger] = [await provider.getSigner(0), await provider.getSigner(5)];
  const { descriptor } = await answerOf<{ descriptor: NetworkDescriptor }>(["network", "show"], {
    MAPAE_NETWORK: join(folder, "network.json"),
  });
  const deployment = currentDeployment(descriptor);
  const { timelock } = deployment;
  const contract = new Contract(timelock.address, timelockAbi, provider);
  const slower = contract.interface.encodeFunctionData("updateDelay", [3_600n]) as `0x${string}`;
  const faster = contract.interface.encodeFunctionData("updateDelay", [0n]) as `0x${string}`;
  const act = (signer: typeof council, data: `0x${string}`) =>
    governed({ signer, deployment, target: timelock.address, data, fees: {} });
  assert.equal((await act(council, slower)).state, "done");
  assert.equal((await act(stranger, faster)).state, "proposal");
  const scheduled = await act(council, faster);
  assert.equal(scheduled.state, "scheduled");
  assert.equal((await act(stranger, faster)).state, "waiting");
  await chain.rpc("evm_setNextBlockTimestamp", [scheduled.readyAt]);
  await chain.rpc("evm_mine");
  assert.equal((await act(stranger, faster)).state, "done");
  assert.equal(await contract.getFunction("getMinDelay")(), 0n);
});
