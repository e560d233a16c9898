import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BrowserProvider, type Eip1193Provider, type Signer } from "ethers";
import { network } from "hardhat";
import { type ChainReader, currentDeployment, rpcReader, verifyNetwork } from "../../resolver/index.ts";
import type { FeeFields } from "../../scripts/cli/gas-price.ts";
import { readArtifacts } from "../../scripts/deploy/artifacts.ts";
import { deployNetwork } from "../../scripts/deploy/deploy-network.ts";
import { fileJournal, type Journal } from "../../scripts/deploy/journal.ts";
import { answerOf, errorOf, mapae, startNetwork, temporaryFolder } from "./harness.ts";

const artifacts = await readArtifacts();
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

interface Attempt {
  readonly signer: Signer;
  readonly reader: ChainReader;
  readonly journal: Journal;
  readonly label?: string;
  readonly fees?: FeeFields;
}

function deploy({ signer, reader, journal, label = "gov", fees = {} }: Attempt) {
  return deployNetwork({
    signer,
    reader,
    artifacts,
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

/** A signer whose process dies around the transaction with a number: before it is sent, or after. */
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
  // The registry is in the second block: nothing of its is before.
  assert.equal(currentDeployment(descriptor).fromBlock, 2);
});

for (const [at, contract] of ["forwarder", "registry"].entries()) {
  for (const when of ["before", "after"] as const) {
    test(`a deployment that died ${when} it sent the ${contract} goes on and deploys nothing twice`, async (t) => {
      const { reader, signer } = await inProcess();
      const journal = await journalIn(t);
      await assert.rejects(deploy({ reader, signer: dying(signer, at, when), journal }), /power cut/);
      const descriptor = await deploy({ reader, signer, journal });
      await verifyNetwork(reader, descriptor);
      assert.equal(await signer.getNonce(), 2);
      assert.deepEqual(await deploy({ reader, signer, journal }), descriptor);
      assert.equal(await signer.getNonce(), 2);
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
  assert.equal(await signer.getNonce(), 2);
});

test("when another transaction took the nonce of an attempt, the contract goes to a new address", async (t) => {
  const { reader, signer } = await inProcess();
  const journal = await journalIn(t);
  await assert.rejects(deploy({ reader, signer: dying(signer, 0, "before"), journal }), /power cut/);
  await (await signer.sendTransaction({ to: VALIDATOR, value: 0 })).wait();
  await verifyNetwork(reader, await deploy({ reader, signer, journal }));
  assert.equal(await signer.getNonce(), 3);
});

test("code that is not what was compiled is refused by name", async (t) => {
  const { reader, signer, eip1193 } = await inProcess();
  const journal = await journalIn(t);
  const { forwarder } = currentDeployment(await deploy({ reader, signer, journal }));
  await eip1193.request({ method: "hardhat_setCode", params: [forwarder.address, "0x6001"] });
  await assert.rejects(deploy({ reader, signer, journal }), {
    code: "CONFIGURATION",
    message: /is not ERC2771Forwarder/,
  });
});

test("code that came to the address of an interrupted attempt in place of ours is refused by name", async (t) => {
  const { reader, signer, eip1193 } = await inProcess();
  const journal = await journalIn(t);
  await assert.rejects(deploy({ reader, signer: dying(signer, 0, "before"), journal }), /power cut/);
  const { address } = (await journal.read())?.steps.forwarder ?? assert.fail();
  await eip1193.request({ method: "hardhat_setCode", params: [address, "0x6001"] });
  await assert.rejects(deploy({ reader, signer, journal }), {
    code: "CONFIGURATION",
    message: /is not ERC2771Forwarder/,
  });
});

test("the journal of another label, chain or deployer is refused, and so is a file that is none", async (t) => {
  const { reader, signer } = await inProcess();
  const journal = await journalIn(t);
  await deploy({ reader, signer, journal });
  await assert.rejects(deploy({ reader, signer, journal, label: "city" }), {
    code: "CONFIGURATION",
    message: /journal of another deployment: its label is gov, now it is city/,
  });
  const other = await signer.provider.getSigner(1);
  await assert.rejects(deploy({ reader, signer: other, journal }), { message: /its deployer is 0xf39f/ });
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

test("network deploy refuses what is finished, replaces it with --force, and leaves no journal", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, as, env } = await startNetwork(folder);
  t.after(() => chain.stop());
  const file = join(folder, "network.json");
  const before = await readFile(file, "utf8");
  const args = ["network", "deploy", "--label", "local", "--out", file];
  assert.equal(errorOf(await mapae([...args, "--json"], as(0))).code, "ALREADY_DEPLOYED");
  assert.equal(await readFile(file, "utf8"), before);

  await answerOf([...args, "--force"], as(0));
  const { hash, descriptor } = await answerOf<{ hash: string; descriptor: unknown }>(["network", "show"], env);
  assert.deepEqual(descriptor, JSON.parse(await readFile(file, "utf8")));
  assert.notDeepEqual(descriptor, JSON.parse(before));
  assert.match(hash, /^0x[0-9a-f]{64}$/);
  await assert.rejects(readFile(`${file}.journal`), { code: "ENOENT" });
});

test("network deploy describes a consensus and a finality that it was given", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, as } = await startNetwork(folder);
  t.after(() => chain.stop());
  const consensus = { kind: "qbft", validators: [VALIDATOR] };
  await writeFile(join(folder, "validators.json"), JSON.stringify(consensus));
  const out = join(folder, "gov.json");
  const args = ["--consensus", join(folder, "validators.json"), "--finality", "12", "--gas-price", "3000000000"];
  const answer = await answerOf<{ descriptor: { name: string; consensus: unknown; finality: unknown } }>(
    ["network", "deploy", "--label", "gov", "--out", out, ...args],
    as(0),
  );
  assert.match(answer.descriptor.name, /^gov-[0-9a-f]{8}$/);
  assert.deepEqual(answer.descriptor.consensus, consensus);
  assert.deepEqual(answer.descriptor.finality, { kind: "depth", blocks: 12 });
});
