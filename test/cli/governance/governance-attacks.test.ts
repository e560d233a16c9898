import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Contract, type Signer, ZeroHash } from "ethers";
import { ARTIFACTS } from "../../../cli/deploy/artifacts.ts";
import { RECOVERY_DELAY_S } from "../../../cli/deploy/governance.ts";
import { timelockAbi } from "../../../resolver/abi.ts";
import { ACCOMPLICE, COUNCIL, type contractsOf, DELAY, DEPLOYER, foundingChain, GUARDIAN } from "./founded.ts";

// Attacks that the deployer of a network, or its council, can prepare, and that the list of role holders does not show.

const HOUR = 3_600;

const { chain, provider, found, as } = await foundingChain({ after });

type Councils = Pick<ReturnType<typeof contractsOf>, "timelock" | "seat">;

/** Schedules a call as the council. */
async function schedule({ timelock, seat }: Councils, target: Contract, name: string, args: unknown[], delay = DELAY) {
  const data = target.interface.encodeFunctionData(name, args);
  const proposal = [target.target, 0n, data, ZeroHash, ZeroHash, delay];
  await as(COUNCIL, seat, "execute", timelock.target, timelock.interface.encodeFunctionData("schedule", proposal));
  const id: string = await timelock.getFunction("hashOperation")(target.target, 0n, data, ZeroHash, ZeroHash);
  return { id, execute: [target.target, 0n, data, ZeroHash, ZeroHash] };
}

async function wait(seconds: number): Promise<void> {
  await chain.rpc("evm_increaseTime", [seconds]);
  await chain.rpc("evm_mine");
}

test("a network that is as its founding file says has no fault", async (t) => {
  const { roles } = await found(t);
  assert.deepEqual(await roles(), { faults: [], operations: [] });
});

test("an operation that the deployer planted before it left, and that gives it a role, is found", async (t) => {
  const honest = await provider.getSigner(DEPLOYER);
  let planted = false;
  // Right after the timelock: the deployer is its admin, so it proposes, and leaves no role behind.
  const plant = async (address: string) => {
    const timelock = new Contract(address, timelockAbi, provider);
    const [admin, proposer] = [ZeroHash, await timelock.getFunction("PROPOSER_ROLE")()];
    await as(DEPLOYER, timelock, "grantRole", proposer, DEPLOYER);
    const data = timelock.interface.encodeFunctionData("grantRole", [admin, ACCOMPLICE]);
    await as(DEPLOYER, timelock, "schedule", address, 0n, data, ZeroHash, ZeroHash, DELAY);
    await as(DEPLOYER, timelock, "revokeRole", proposer, DEPLOYER);
  };
  const signer = new Proxy<Signer>(honest, {
    get(target, name) {
      if (name !== "sendTransaction" || planted) return Reflect.get(target, name, target);
      return async (transaction: Parameters<Signer["sendTransaction"]>[0]) => {
        planted = true;
        const sent = await target.sendTransaction(transaction);
        const receipt = await sent.wait();
        await plant(receipt?.contractAddress ?? assert.fail());
        return sent;
      };
    },
  });
  const { roles, timelock } = await found(t, { signer });
  const { faults, operations } = await roles();
  const [operation] = operations;
  const call = `timelock.grantRole(admin, ${ACCOMPLICE})`;
  assert.deepEqual(
    faults.map((fault) => ({ ...fault, call: String(fault.call).toLowerCase() })),
    [{ fault: "coming", operation: operation?.operation, readyAt: operation?.readyAt, call: call.toLowerCase() }],
  );
  // Anybody can execute the operation, and only then does the list show the role.
  await wait(DELAY);
  const data = timelock.interface.encodeFunctionData("grantRole", [ZeroHash, ACCOMPLICE]);
  await as(ACCOMPLICE, timelock, "execute", timelock.target, 0n, data, ZeroHash, ZeroHash);
  assert.deepEqual(await roles(), {
    faults: [{ fault: "unexpected", contract: "timelock", role: "admin", account: ACCOMPLICE }],
    operations: [],
  });
});

test("what is everyday business, cancelled or executed, or leads to what the file says, is no fault", async (t) => {
  const network = await found(t);
  const { roles, timelock, trust } = network;
  const type = (uri: string) => [uri, "https://types.example/s", ZeroHash];
  await schedule(network, trust, "addType", type("urn:a"));
  const proposer = await timelock.getFunction("PROPOSER_ROLE")();
  const { id } = await schedule(network, timelock, "grantRole", [proposer, ACCOMPLICE]);
  assert.deepEqual(
    (await roles()).faults.map(({ operation }) => operation),
    [id],
  );
  await as(GUARDIAN, timelock, "cancel", id);
  assert.deepEqual([(await roles()).faults, (await roles()).operations.length], [[], 1]);

  // Another guardian: its predecessor leaves when the file names the new one, and not before.
  const canceller = await timelock.getFunction("CANCELLER_ROLE")();
  const { recovery } = network;
  const moves: Awaited<ReturnType<typeof schedule>>[] = [];
  for (const [contract, role] of [
    [timelock, canceller],
    [recovery, canceller],
    [recovery, proposer],
  ] as const) {
    moves.push(await schedule(network, contract, "grantRole", [role, ACCOMPLICE]));
    moves.push(await schedule(network, contract, "revokeRole", [role, GUARDIAN]));
  }
  assert.deepEqual(
    (await roles()).faults.map(({ operation }) => operation),
    moves.map(({ id: move }) => move),
  );
  const coming = (await roles({ guardian: ACCOMPLICE })).faults.filter(({ fault }) => fault === "coming");
  assert.deepEqual(coming, []);
  await wait(DELAY);
  for (const { execute } of moves) await as(DEPLOYER, timelock, "execute", ...execute);
  assert.deepEqual((await roles({ guardian: ACCOMPLICE })).faults, []);
});

for (const through of ["timelock", "recovery"] as const) {
  test(`a replacement of the council that is coming through the ${through} is found, and is none once the file names the new one`, async (t) => {
    const network = await found(t);
    const { roles, recovery, seat } = network;
    const data = seat.interface.encodeFunctionData("replace", [ACCOMPLICE]);
    const replace = [seat.target, 0n, data, ZeroHash, ZeroHash];
    // A majority of the council's keys would give all of its power to one, or the guardian take it.
    if (through === "timelock") await schedule(network, seat, "replace", [ACCOMPLICE]);
    else await as(GUARDIAN, recovery, "schedule", ...replace, RECOVERY_DELAY_S);
    const { faults } = await roles();
    assert.deepEqual(
      faults.map(({ fault, call }) => [fault, String(call).toLowerCase()]),
      [["coming", `seat.replace(${ACCOMPLICE})`]],
    );
    const named = await roles({ council: ACCOMPLICE });
    assert.deepEqual(named.faults, [{ fault: "holder", is: COUNCIL, wanted: ACCOMPLICE }]);
    await wait(through === "timelock" ? DELAY : RECOVERY_DELAY_S);
    await as(DEPLOYER, network[through], "execute", ...replace);
    assert.deepEqual(await roles({ council: ACCOMPLICE }), { faults: [], operations: [] });
    assert.deepEqual((await roles()).faults, [{ fault: "holder", is: ACCOMPLICE, wanted: COUNCIL }]);
  });
}

test("a shorter delay of the recovery timelock is found, before it comes and after", async (t) => {
  const { roles, recovery } = await found(t);
  const data = recovery.interface.encodeFunctionData("updateDelay", [HOUR]);
  const shorten = [recovery.target, 0n, data, ZeroHash, ZeroHash];
  await as(GUARDIAN, recovery, "schedule", ...shorten, RECOVERY_DELAY_S);
  assert.deepEqual(
    (await roles()).faults.map(({ fault, call }) => [fault, call]),
    [["coming", `recovery.updateDelay(${HOUR})`]],
  );
  await wait(RECOVERY_DELAY_S);
  await as(DEPLOYER, recovery, "execute", ...shorten);
  assert.deepEqual((await roles()).faults, [
    { fault: "delay", contract: "recovery", is: HOUR, wanted: RECOVERY_DELAY_S },
  ]);
});

test("a delay that is not the file's is found, before it comes and after", async (t) => {
  const network = await found(t);
  const { roles, timelock } = network;
  const { execute, id } = await schedule(network, timelock, "updateDelay", [HOUR]);
  assert.deepEqual(
    (await roles()).faults.map(({ operation }) => operation),
    [id],
  );
  assert.deepEqual(
    (await roles({ delay: HOUR })).faults.map(({ fault }) => fault),
    ["delay"],
  );
  await wait(DELAY);
  await as(DEPLOYER, timelock, "execute", ...execute);
  assert.deepEqual((await roles()).faults, [{ fault: "delay", contract: "timelock", is: HOUR, wanted: DELAY }]);
  assert.deepEqual((await roles({ delay: HOUR })).faults, []);
});

test("another admin of the trust registry that is about to come is found, and so is another delay of its coming", async (t) => {
  const network = await found(t);
  const { roles, timelock, trust } = network;
  const transfer = await schedule(network, trust, "beginDefaultAdminTransfer", [ACCOMPLICE]);
  const delay = await schedule(network, trust, "changeDefaultAdminDelay", [0]);
  assert.deepEqual(
    (await roles()).faults.map(({ operation }) => operation),
    [transfer.id, delay.id],
  );
  await wait(DELAY);
  for (const { execute } of [transfer, delay]) await as(DEPLOYER, timelock, "execute", ...execute);
  const { faults } = await roles();
  const [, from] = await trust.getFunction("pendingDefaultAdmin")();
  const [, effect] = await trust.getFunction("pendingDefaultAdminDelay")();
  assert.deepEqual(faults, [
    { fault: "pendingAdmin", account: ACCOMPLICE, from: Number(from) },
    { fault: "pendingDelay", delay: 0, from: Number(effect) },
  ]);
});

test("a contract that is not the one of this version is found, though the descriptor has its code hash", async (t) => {
  // One byte of what the compiler appends: the same behaviour, and other code than anybody reviewed.
  const altered = (hex: string) => `${hex.slice(0, -2)}ff` as `0x${string}`;
  const { TimelockController: reviewed } = ARTIFACTS;
  const TimelockController = {
    ...reviewed,
    bytecode: altered(reviewed.bytecode),
    deployedBytecode: altered(reviewed.deployedBytecode),
  };
  const { roles, timelock, recovery } = await found(t, { artifacts: { ...ARTIFACTS, TimelockController } });
  const { faults } = await roles();
  assert.deepEqual(
    faults.map(({ fault, contract, address }) => [fault, contract, address]),
    [
      ["code", "timelock", String(timelock.target)],
      ["code", "recovery", String(recovery.target)],
      ["creation", "timelock", String(timelock.target)],
      ["creation", "recovery", String(recovery.target)],
    ],
  );
});
