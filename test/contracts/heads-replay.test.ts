import assert from "node:assert/strict";
import { test } from "node:test";
import { AbiCoder, keccak256, ZeroAddress } from "ethers";
import fc from "fast-check";
import { type Deployment, deployRegistry, label, mineAt, now } from "../helpers/contracts.ts";
import { replay, subjectOf, type TimedLog } from "../helpers/heads.ts";

/** Storage slots of `Heads`; `layout.test.ts` pins them. */
const HEADS_SLOT = 0n;
const ROOT_SLOT = 1n;

const who = fc.nat({ max: 2 });
const name = fc.constantFrom(label("did/pub/Ed25519/veriKey"), label("did/svc/HubService"));
const value = fc.uint8Array({ maxLength: 300 });
const validity = fc.bigInt({ min: 0n, max: 36_525n * 86_400n });

/** One write to an identity, sent by its owner at that time. */
const write = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("setAttribute" as const), who, name, value, validity }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("revokeAttribute" as const), who, name, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("addDelegate" as const), who, name, to: who, validity }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("revokeDelegate" as const), who, name, to: who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("changeOwner" as const), who, to: who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("deactivate" as const), who }) },
);

/** Writes that share a block, and how long after the block before it comes. */
const block = fc.record({ writes: fc.array(write, { minLength: 1, maxLength: 5 }), after: fc.bigInt(0n, 1_000n) });

type Block = typeof block extends fc.Arbitrary<infer T> ? T : never;

/** Sends the blocks' writes; what comes after an identity's deactivation is left out. */
async function send(deployment: Deployment, blocks: Block[]): Promise<void> {
  const { ethers, registry, alice, bob, carol } = deployment;
  const signers = [alice, bob, carol];
  const owners: (number | undefined)[] = [0, 1, 2];
  await ethers.provider.send("evm_setAutomine", [false]);
  for (const { writes, after } of blocks) {
    for (const write of writes) {
      const owner = owners[write.who];
      if (owner === undefined) continue;
      const identity = signers[write.who]?.address ?? assert.fail();
      const registryAs = registry.connect(signers[owner] ?? assert.fail());
      const other = "to" in write ? (signers[write.to]?.address ?? assert.fail()) : ZeroAddress;
      const gas = { gasLimit: 300_000n };
      if (write.kind === "setAttribute") {
        await registryAs.setAttribute(identity, write.name, write.value, write.validity, gas);
      } else if (write.kind === "revokeAttribute") {
        await registryAs.revokeAttribute(identity, write.name, write.value, gas);
      } else if (write.kind === "addDelegate") {
        await registryAs.addDelegate(identity, write.name, other, write.validity, gas);
      } else if (write.kind === "revokeDelegate") {
        await registryAs.revokeDelegate(identity, write.name, other, gas);
      } else {
        await registryAs.changeOwner(identity, other, gas);
        owners[write.who] = write.kind === "changeOwner" ? write.to : undefined;
      }
    }
    await mineAt(deployment, (await now(deployment)) + after);
  }
}

/** Every log of the registry in log order, with its block's time. */
async function logsOf({ ethers, address }: Deployment): Promise<TimedLog[]> {
  const logs = await ethers.provider.getLogs({ address, fromBlock: 0, toBlock: "latest" });
  return Promise.all(
    logs.map(async (log) => {
      const { timestamp } = await log.getBlock();
      return { topics: log.topics, data: log.data, block: BigInt(log.blockNumber), time: BigInt(timestamp) };
    }),
  );
}

test("after any sequence of writes the heads and the root are those recomputed from the logs", async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 6 }), async (blocks) => {
      const deployment = await deployRegistry();
      const { ethers, registry, address, alice, bob, carol } = deployment;
      await send(deployment, blocks);
      const logs = await logsOf(deployment);
      written += logs.length;
      const { heads, root } = replay({ chainId: 31_337n, address }, logs);

      assert.equal(await registry.root(), root);
      assert.equal(await ethers.provider.getStorage(address, ROOT_SLOT), root);
      for (const identity of [alice, bob, carol]) {
        const subject = subjectOf(identity.address);
        const head = heads.get(subject) ?? ethers.ZeroHash;
        const slot = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [subject, HEADS_SLOT]));
        assert.equal(await registry.head(subject), head);
        assert.equal(await ethers.provider.getStorage(address, slot), head);
      }
    }),
    { numRuns: 25 },
  );
  assert(written > 100, `only ${written} events were written`);
});
