import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BrowserProvider, Contract, type Eip1193Provider, type Signer, ZeroAddress } from "ethers";
import { network } from "hardhat";
import { ARTIFACTS } from "../../../cli/deploy/artifacts.ts";
import { deployNetwork } from "../../../cli/deploy/deploy-network.ts";
import type { Governance } from "../../../cli/deploy/governance.ts";
import { fileJournal, type Journal } from "../../../cli/deploy/journal.ts";
import type { FeeFields } from "../../../cli/transaction/gas-price.ts";
import { councilSeatAbi, timelockAbi, trustRegistryAbi } from "../../../resolver/abi.ts";
import { type ChainReader, currentDeployment, rpcReader, verifyNetwork } from "../../../resolver/index.ts";
import { temporaryFolder } from "../harness.ts";

const VALIDATOR: `0x${string}` = `0x${"ab".repeat(20)}`;

/** A chain in this process. */
async function inProcess(override: Parameters<typeof network.create>[0] = "default") {
  const { provider: eip1193 } = await network.create(override);
  const provider = new BrowserProvider(eip1193 as Eip1193Provider, undefined, { cacheTimeout: -1 });
  provider.pollingInterval = 20;
  const reader = rpcReader((calls) =>
    Promise.all(calls.map(([method, params]) => eip1193.request({ method, params: [...params] }))),
  );
  return { eip1193, reader, signer: await provider.getSigner(0) };
}

const GOVERNANCE = { council: `0x${"c0".repeat(20)}`, guardian: `0x${"9a".repeat(20)}`, delay: 259_200 } as const;

interface Attempt {
  readonly signer: Signer;
  readonly reader: ChainReader;
  readonly journal: Journal;
  readonly label?: string;
  readonly governance?: Governance;
  readonly fees?: FeeFields;
}

function deploy({ signer, reader, journal, label = "gov", governance = GOVERNANCE, fees = {} }: Attempt) {
  return deployNetwork({
    signer,
    reader,
    artifacts: ARTIFACTS,
    governance,
    label,
    consensus: { kind: "qbft", validators: [VALIDATOR] },
    finality: { kind: "instant" },
    journal,
    fees,
  });
}

async function journalIn(test: TestContext): Promise<Journal> {
  return fileJournal(join(await temporaryFolder(test), "network.json.journal"));
}

/** A signer whose process fails at the transaction with a number: before it is sent, or after. */
function dying(signer: Signer, at: number, when: "before" | "after"): Signer {
  let count = 0;
  return new Proxy(signer, {
    get(target, name) {
      if (name !== "sendTransaction") return Reflect.get(target, name, target);
      return async (transaction: Parameters<Signer["sendTransaction"]>[0]) => {
        const mine = count++ === at;
        if (mine && when === "before") throw new Error("power cut");
        const sent = await target.sendTransaction(transaction);
        if (mine) throw new Error("power cut");
        return sent;
      };
    },
  });
}

test("a deployment writes a descriptor that the chain agrees with, named by label and genesis hash", async (t) => {
  const { reader, signer } = await inProcess();
  const descriptor = await deploy({ reader, signer, journal: await journalIn(t) });
  const genesis = await reader.header(0);
  assert.equal(descriptor.name, `gov-${genesis?.hash.slice(2, 10)}`);
  assert.equal(descriptor.genesisHash, genesis?.hash);
  assert.deepEqual([descriptor.version, descriptor.previous, descriptor.signatures], [1, null, []]);
  await verifyNetwork(reader, descriptor);
  // The first registry is in the fifth block, after the timelocks, the seat and the forwarder: nothing of its is before.
  assert.equal(currentDeployment(descriptor).fromBlock, 5);
});

test("after a deployment the deployer has no role, and the others are as the governance says", async (t) => {
  const { reader, signer } = await inProcess();
  const deployment = currentDeployment(await deploy({ reader, signer, journal: await journalIn(t) }));
  const { timelock, recovery, seat, registries } = deployment;
  const holds = async (contract: Contract, role: string, account: string) =>
    contract.getFunction("hasRole")(await contract.getFunction(role)(), account);
  const controller = new Contract(timelock.address, timelockAbi, signer);
  const rescue = new Contract(recovery.address, timelockAbi, signer);
  const trust = new Contract(registries.trust.address, trustRegistryAbi, signer);
  const { council, guardian, delay } = GOVERNANCE;
  const holders: [contract: Contract, role: string, accounts: string[]][] = [
    [controller, "DEFAULT_ADMIN_ROLE", [timelock.address]],
    [controller, "PROPOSER_ROLE", [seat.address]],
    [controller, "CANCELLER_ROLE", [seat.address, guardian]],
    [controller, "EXECUTOR_ROLE", [ZeroAddress]],
    [rescue, "DEFAULT_ADMIN_ROLE", [timelock.address]],
    [rescue, "PROPOSER_ROLE", [guardian]],
    [rescue, "CANCELLER_ROLE", [guardian, seat.address]],
    [rescue, "EXECUTOR_ROLE", [ZeroAddress]],
    [trust, "DEFAULT_ADMIN_ROLE", [timelock.address]],
    [trust, "COUNCIL_ROLE", [seat.address]],
    [trust, "ROOTS_ROLE", [timelock.address]],
    [trust, "TYPES_ROLE", [timelock.address]],
  ];
  for (const [contract, role, accounts] of holders) {
    const others = [council, guardian, ZeroAddress, await signer.getAddress()];
    for (const account of [...others, timelock.address, recovery.address, seat.address]) {
      assert.equal(await holds(contract, role, account), accounts.includes(account), `${role} ${account}`);
    }
  }
  assert.equal(await controller.getFunction("getMinDelay")(), BigInt(delay));
  assert.equal(await rescue.getFunction("getMinDelay")(), 60n * 86_400n);
  const holder: string = await new Contract(seat.address, councilSeatAbi, signer).getFunction("holder")();
  assert.equal(holder.toLowerCase(), council);
});

const TRANSACTIONS = [
  ...["timelock", "recovery timelock", "seat", "forwarder", "DID registry", "trust registry", "status registry"],
  ...["council's right to cancel recovery", "timelock's admin of recovery", "end of recovery's own admin"],
  ...["end of its admin of recovery", "council's right to propose", "council's right to cancel"],
  ...["guardian's right to cancel", "end of its admin"],
];

for (const [at, what] of TRANSACTIONS.entries()) {
  for (const when of ["before", "after"] as const) {
    test(`a deployment that died ${when} it sent the ${what} continues and does nothing twice`, async (t) => {
      const { reader, signer } = await inProcess();
      const journal = await journalIn(t);
      await assert.rejects(deploy({ reader, signer: dying(signer, at, when), journal }), /power cut/);
      const descriptor = await deploy({ reader, signer, journal });
      await verifyNetwork(reader, descriptor);
      assert.equal(await signer.getNonce(), TRANSACTIONS.length);
      assert.deepEqual(await deploy({ reader, signer, journal }), descriptor);
      assert.equal(await signer.getNonce(), TRANSACTIONS.length);
    });
  }
}

test("a transaction that is still pending is waited for, not sent again", async (t) => {
  const { reader, signer, eip1193 } = await inProcess();
  const journal = await journalIn(t);
  await eip1193.request({ method: "evm_setAutomine", params: [false] });
  await assert.rejects(deploy({ reader, signer: dying(signer, 0, "after"), journal }), /power cut/);
  const second = deploy({ reader, signer, journal });
  const mining = setInterval(() => eip1193.request({ method: "evm_mine" }), 50);
  try {
    await verifyNetwork(reader, await second);
  } finally {
    clearInterval(mining);
  }
  assert.equal(await signer.getNonce(), TRANSACTIONS.length);
});

/** A signer whose transaction with a number is not mined until mining is turned on again. The wait for it is short. */
function unmined(signer: Signer, at: number, stop: () => Promise<unknown>): Signer {
  let count = 0;
  return new Proxy(signer, {
    get(target, name) {
      if (name !== "sendTransaction") return Reflect.get(target, name, target);
      return async (transaction: Parameters<Signer["sendTransaction"]>[0]) => {
        if (count++ !== at) return target.sendTransaction(transaction);
        await stop();
        const sent = await target.sendTransaction(transaction);
        return new Proxy(sent, {
          get: (of, member) => (member === "wait" ? () => of.wait(1, 50) : Reflect.get(of, member, of)),
        });
      };
    },
  });
}

for (const at of [0, 6, 7, TRANSACTIONS.length - 1]) {
  test(`a deployment that no block has in time is not mined, not unavailable (the ${TRANSACTIONS[at]}), and goes on when blocks come`, async (t) => {
    const { reader, signer, eip1193 } = await inProcess();
    const journal = await journalIn(t);
    const automine = (on: boolean) => eip1193.request({ method: "evm_setAutomine", params: [on] });
    await assert.rejects(deploy({ reader, signer: unmined(signer, at, () => automine(false)), journal }), {
      code: "NOT_MINED",
      message: /^Transaction 0x[0-9a-f]{64} was sent, but no block included it .* made no block since/,
    });
    await automine(true);
    await eip1193.request({ method: "evm_mine" });
    await verifyNetwork(reader, await deploy({ reader, signer, journal }));
    assert.equal(await signer.getNonce(), TRANSACTIONS.length);
  });
}

test("when another transaction took the nonce of an attempt, the contract goes to a new address", async (t) => {
  const { reader, signer } = await inProcess();
  const journal = await journalIn(t);
  await assert.rejects(deploy({ reader, signer: dying(signer, 0, "before"), journal }), /power cut/);
  await (await signer.sendTransaction({ to: VALIDATOR, value: 0 })).wait();
  await verifyNetwork(reader, await deploy({ reader, signer, journal }));
  assert.equal(await signer.getNonce(), TRANSACTIONS.length + 1);
});

test("deployed code that differs from the compiled code is refused with its contract's name", async (t) => {
  const { reader, signer, eip1193 } = await inProcess();
  const journal = await journalIn(t);
  const { forwarder } = currentDeployment(await deploy({ reader, signer, journal }));
  await eip1193.request({ method: "hardhat_setCode", params: [forwarder.address, "0x6001"] });
  await assert.rejects(deploy({ reader, signer, journal }), {
    code: "CONFIGURATION",
    message: /is not ERC2771Forwarder/,
  });
});

test("foreign code at the address of an interrupted attempt is refused with the contract's name", async (t) => {
  const { reader, signer, eip1193 } = await inProcess();
  const journal = await journalIn(t);
  await assert.rejects(deploy({ reader, signer: dying(signer, 0, "before"), journal }), /power cut/);
  const { address } = (await journal.read())?.steps.timelock ?? assert.fail();
  await eip1193.request({ method: "hardhat_setCode", params: [address, "0x6001"] });
  await assert.rejects(deploy({ reader, signer, journal }), {
    code: "CONFIGURATION",
    message: /is not TimelockController/,
  });
});

test("the journal of another label, chain or deployer is refused, and so is a file that is none", async (t) => {
  const { reader, signer } = await inProcess();
  const journal = await journalIn(t);
  await deploy({ reader, signer, journal });
  await assert.rejects(deploy({ reader, signer, journal, label: "city" }), {
    code: "CONFIGURATION",
    message: /journal of another deployment: its label is "gov", now it is "city"/,
  });
  const other = await signer.provider.getSigner(1);
  await assert.rejects(deploy({ reader, signer: other, journal }), { message: /its deployer is "0xf39f/ });
  const governance = { ...GOVERNANCE, delay: 3_600 };
  await assert.rejects(deploy({ reader, signer, journal, governance }), { message: /its governance is .*259200/ });
  await writeFile(journal.path, '{"steps":{}}');
  await assert.rejects(deploy({ reader, signer, journal }), { code: "CONFIGURATION", message: /no journal/ });
});

test("a chain before London, and one with free gas, take the contracts at a fixed price", async (t) => {
  const chain = await inProcess({ network: "default", override: { hardfork: "berlin" } });
  const journal = await journalIn(t);
  await verifyNetwork(chain.reader, await deploy({ ...chain, journal, fees: { type: 0, gasPrice: 1n } }));

  const free = await inProcess({ network: "default", override: { initialBaseFeePerGas: 0, minGasPrice: 0n } });
  const balance = await free.signer.provider.getBalance(free.signer.address);
  await verifyNetwork(
    free.reader,
    await deploy({ ...free, journal: await journalIn(t), fees: { type: 0, gasPrice: 0n } }),
  );
  assert.equal(await free.signer.provider.getBalance(free.signer.address), balance);
});
