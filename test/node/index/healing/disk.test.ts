import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type RunningNode, startNode } from "../../../../node/main.ts";
import { openExport } from "../../../../node/operator/open-export.ts";
import { systemClock } from "../../../../node/runtime/clock.ts";
import { CheckedDatabase } from "../../../../node/store/checked-database.ts";
import { readMeta } from "../../../../node/store/meta.ts";
import { endsOf, temporaryFolder } from "../../../cli/harness.ts";
import type { ChainSimulator } from "../../../helpers/chain-simulator.ts";
import { scrape } from "../../../helpers/exposition.ts";
import { chainOf, configFor, silent, until } from "../../../helpers/real-node.ts";
import { hashFromScratch } from "../../../helpers/simulated-node.ts";

const DATABASE_URL = new URL("../../../../node/store/database.ts", import.meta.url).href;

/** Ten seconds in a tenth of one: how often the directory is looked at is no matter of these tests. */
const clock = { ...systemClock, monotonic: () => 100 * systemClock.monotonic() };

async function running(t: TestContext) {
  const folder = await temporaryFolder(t);
  const [directory, chain] = [join(folder, "index"), chainOf(30)];
  const metrics = { host: "127.0.0.1", port: 0 };
  const start = () =>
    startNode(configFor({ network: chain.network(), dataDir: directory, metrics }), {
      readers: [chain],
      logger: silent,
      clock,
    });
  const node = await start();
  endsOf(t)(() => node.stop());
  await follows(node, chain);
  return { folder, directory, chain, node, start };
}

/** Waits until a node follows at a chain's newest block; whatever it says of itself meanwhile is collected. */
async function follows(node: RunningNode, chain: ChainSimulator): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  await until(() => {
    const { state, digest } = node.report();
    seen.add("code" in state && state.code !== undefined ? state.code : state.kind);
    return state.kind === "following" && digest?.hash === chain.tip.hash;
  });
  return seen;
}

/** A process that opens a directory, maybe after it removed the lock, and keeps it until it is killed; `said` is how that went. */
async function otherProcess(t: TestContext, directory: string, { removesLock = false } = {}) {
  const script = `
    const { openLevel } = await import(${JSON.stringify(DATABASE_URL)});
    const { rmSync } = await import("node:fs");
    if (${removesLock}) rmSync(${JSON.stringify(join(directory, "LOCK"))});
    await openLevel(${JSON.stringify(directory)}).then(() => console.log("open"), ({ code }) => console.log(code));
    setInterval(() => {}, 1000);
  `;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  endsOf(t)(async () => other.kill("SIGKILL"));
  const [said] = await once(other.stdout, "data");
  const end = async () => {
    other.kill("SIGKILL");
    await once(other, "exit");
  };
  return { said: String(said).trim(), end };
}

const REMOVALS: Record<string, (directory: string) => Promise<void>> = {
  "is removed": (directory) => rm(directory, { recursive: true }),
  "is moved away": (directory) => rename(directory, `${directory}.away`),
  "is emptied": async (directory) => {
    for (const name of await readdir(directory)) await rm(join(directory, name));
  },
  "is replaced by an empty one": async (directory) => {
    await rename(directory, `${directory}.away`);
    await mkdir(directory);
  },
};
for (const [what, remove] of Object.entries(REMOVALS)) {
  test(`a data directory that ${what} under a node is noticed, and read again`, async (t) => {
    const { directory, chain, node, start } = await running(t);
    await remove(directory);
    await until(() => node.report().state.kind !== "following");
    chain.mine();
    await follows(node, chain);
    assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, chain.network()));
    const samples = await scrape(node.metricsUrl ?? "");
    const healings = samples.filter(({ name, value }) => name === "mapae_index_healings_total" && value > 0);
    assert.deepEqual(
      healings.map(({ labels }) => labels),
      [{ how: "reopened" }],
    );
    // A backup can be taken of it.
    const content = await openExport(directory, "content");
    assert.equal(content.header.contentHash, node.contentHash()?.hash);
    await content[Symbol.asyncDispose]();
    await node.stop();
    // All that it wrote is there.
    const again = await start();
    endsOf(t)(() => again.stop());
    assert.equal(again.report().digest?.hash, chain.tip.hash);
  });
}

test("a data directory that is replaced by an older copy is noticed, and followed from there", async (t) => {
  const { folder, directory, chain, node, start } = await running(t);
  await node.stop();
  const copy = join(folder, "copy");
  await cp(directory, copy, { recursive: true });
  const again = await start();
  endsOf(t)(() => again.stop());
  for (let count = 0; count < 40; count++) chain.mine([{ do: "delegate", identity: 1, value: count, validTo: 4e9 }]);
  await follows(again, chain);
  await rename(directory, `${directory}.away`);
  await rename(copy, directory);
  await until(() => again.report().state.kind !== "following");
  await follows(again, chain);
  assert.equal(again.contentHash()?.hash, await hashFromScratch(chain, chain.network()));
});

test("a data directory that is replaced by one of another network halts the node, and is left as it is", async (t) => {
  const { directory, node } = await running(t);
  const foreign = `${directory}.foreign`;
  const other = chainOf(5);
  const network = { ...other.network(), name: "other" };
  const stranger = await startNode(configFor({ network, dataDir: foreign }), { readers: [other], logger: silent });
  await until(() => stranger.report().state.kind === "following");
  await stranger.stop();
  await rename(directory, `${directory}.away`);
  await rename(foreign, directory);
  await until(() => {
    const { state } = node.report();
    return "code" in state && state.code === "NETWORK_MISMATCH";
  });
  await node.stop();
  const database = await CheckedDatabase.open(directory);
  assert.equal((await readMeta(database))?.network, "other");
  await database.close();
});

test("a lock that is removed by hand is taken again", async (t) => {
  const { directory, chain, node } = await running(t);
  await rm(join(directory, "LOCK"));
  await until(() => existsSync(join(directory, "LOCK")));
  await follows(node, chain);
  assert.equal((await otherProcess(t, directory)).said, "STORE_LOCKED");
});

test("when another process takes the directory whose lock was removed, the node lets go of it until that ends", async (t) => {
  const { directory, chain, node } = await running(t);
  const { said, end } = await otherProcess(t, directory, { removesLock: true });
  assert.equal(said, "open");
  await until(() => {
    const { state } = node.report();
    return "code" in state && state.code === "STORE_LOCKED";
  });
  assert.equal((await fetch(`${node.url}/ready`)).status, 503);
  await end();
  chain.mine();
  await follows(node, chain);
  assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, chain.network()));
});
