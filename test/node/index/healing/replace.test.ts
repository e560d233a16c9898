import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startNode } from "../../../../node/main.ts";
import { openExport } from "../../../../node/operator/open-export.ts";
import { systemClock } from "../../../../node/runtime/clock.ts";
import { IndexDirectory } from "../../../../node/store/directory.ts";
import type { ChainReader } from "../../../../resolver/chain/chain-reader.ts";
import { endsOf, temporaryFolder } from "../../../cli/harness.ts";
import { simulatedIdentity } from "../../../helpers/chain-simulator.ts";
import { poisoning } from "../../../helpers/poisoning-reader.ts";
import { chainOf, configFor, silent, until } from "../../../helpers/real-node.ts";
import { hashFromScratch } from "../../../helpers/simulated-node.ts";

/** Pauses between looks pass in a moment. */
const clock = { ...systemClock, monotonic: () => 100 * systemClock.monotonic() };
const DID = `did:mapae:local:${simulatedIdentity(0)}`;

/** A node on a chain that is longer than can be undone, whose only server can lie, and gives receipts only while it may. */
async function nodeOn(t: TestContext) {
  const folder = await temporaryFolder(t);
  const [directory, chain] = [join(folder, "index"), chainOf(600)];
  const { poison, reader: liar } = poisoning(chain);
  const gate = { isOpen: true, asked: 0 };
  const reader: ChainReader = {
    ...liar,
    async receiptLogs(header) {
      // Not of the newest blocks: by these it is known that the index is wrong.
      if (header.number < 500) {
        gate.asked += 1;
        await until(() => gate.isOpen);
      }
      return liar.receiptLogs(header);
    },
  };
  const start = async () => {
    const config = configFor({ network: chain.network(), dataDir: directory });
    const node = await startNode(config, {
      readers: [reader],
      logger: silent,
      clock,
      pauses: { first: 1, longest: 10 },
    });
    endsOf(t)(() => node.stop());
    return node;
  };
  const ask = async (url: string) => (await fetch(`${url}/1.0/identifiers/${DID}`)).status;
  const beside = `${directory}.rebuild.tmp`;
  return { directory, beside, chain, poison, gate, start, ask };
}

test("an index that was wrong from before what can be undone is read again beside, and takes its place; 503 meanwhile", async (t) => {
  const { directory, beside, chain, poison, gate, start, ask } = await nodeOn(t);
  poison.base = chain.branch[1]?.hash;
  const node = await start();
  await until(() => node.report().state.kind === "following");
  // It could not know: logs fold to the roots that it was told.
  assert.equal(await ask(node.url), 404);
  poison.base = undefined;
  gate.isOpen = false;
  chain.mine();
  await until(() => gate.asked > 0);
  assert.deepEqual([await ask(node.url), (await fetch(`${node.url}/ready`)).status], [503, 503]);
  await until(() => /read again beside: block \d+ of 602/.test(node.report().state.reason));
  assert(existsSync(join(beside, "CURRENT")) && existsSync(join(directory, "CURRENT")));
  gate.isOpen = true;
  await until(() => node.report().state.kind === "following" && node.report().digest?.hash === chain.tip.hash);
  assert.equal(await ask(node.url), 200);
  const content = await hashFromScratch(chain, chain.network());
  assert.equal(node.contentHash()?.hash, content);
  assert(!existsSync(beside));
  // Through the socket of the node, which is in the directory.
  const exported = await openExport(directory, "content");
  assert.equal(exported.header.block.number, chain.tip.number);
  await exported[Symbol.asyncDispose]();
  await node.stop();
  const again = await start();
  assert.deepEqual([again.report().digest?.hash, again.contentHash()?.hash], [chain.tip.hash, content]);
});

test("when somebody takes away the index that is read again beside, the former one stays, and it is read once more", async (t) => {
  const { beside, chain, poison, gate, start, ask } = await nodeOn(t);
  poison.base = chain.branch[1]?.hash;
  const node = await start();
  await until(() => node.report().state.kind === "following");
  poison.base = undefined;
  gate.isOpen = false;
  chain.mine();
  await until(() => existsSync(join(beside, "CURRENT")) && gate.asked > 0);
  await rename(beside, `${beside}.away`);
  gate.isOpen = true;
  const seen = new Set<string>();
  await until(() => {
    const { state } = node.report();
    if ("code" in state && state.code !== undefined) seen.add(state.code);
    return state.kind === "following" && node.report().digest?.hash === chain.tip.hash;
  });
  assert(!seen.has("STORE_CORRUPT"));
  assert.equal(await ask(node.url), 200);
  assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, chain.network()));
});

test("an index that was right all the time stays, when the only server stops lying while another one is read", async (t) => {
  const { directory, beside, chain, poison, gate, start, ask } = await nodeOn(t);
  const node = await start();
  await until(() => node.report().state.kind === "following");
  const [files, before] = [await readdir(directory), node.contentHash()];
  poison.base = chain.branch[1]?.hash;
  gate.isOpen = false;
  chain.mine();
  await until(() => existsSync(join(beside, "CURRENT")));
  assert.equal(await ask(node.url), 503);
  poison.base = undefined;
  gate.isOpen = true;
  await until(() => node.report().state.kind === "following" && node.report().digest?.hash === chain.tip.hash);
  assert.equal(await ask(node.url), 200);
  assert.equal(node.contentHash()?.hash, before?.hash);
  const table = files.find((name) => name.endsWith(".ldb") || name.endsWith(".log"));
  assert((await readdir(directory)).includes(table ?? ""), "it is the former index");
  await until(() => !existsSync(beside));
});

test("while the only server lies, whatever it lies is not put in the place of what was right", async (t) => {
  const { chain, poison, start, ask } = await nodeOn(t);
  const node = await start();
  await until(() => node.report().state.kind === "following");
  poison.base = chain.branch[1]?.hash;
  chain.mine();
  await until(() => /read again beside/.test(node.report().state.reason));
  // Until it was told several times that nothing fits.
  const { receipts } = poison;
  await until(() => poison.receipts > receipts + 1_500);
  assert.equal(await ask(node.url), 503);
  poison.base = undefined;
  await until(() => node.report().state.kind === "following" && node.report().digest?.hash === chain.tip.hash);
  assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, chain.network()));
});

test("an index beside that is gone takes no other one's place", async (t) => {
  const path = join(await temporaryFolder(t), "index");
  const directory = new IndexDirectory({ path, network: chainOf(1).network(), logger: silent });
  await (await directory.open()).close();
  await assert.rejects(directory.takeBeside(), { code: "STORE_MISSING" });
  assert(existsSync(join(path, "CURRENT")));
});
