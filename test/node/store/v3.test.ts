import assert from "node:assert/strict";
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../cli/harness.ts";
import { until } from "../../helpers/real-node.ts";
import { hashFromScratch } from "../../helpers/simulated-node.ts";
import { contentOf, restoreBackup, runningNode } from "../operator/harness.ts";
import { v3Chain } from "./v3/chain.ts";

const FIXTURE = fileURLToPath(new URL("v3", import.meta.url));

test("a node on an index that version 3 wrote reads the chain again, and keeps that index", async (t) => {
  const folder = await temporaryFolder(t);
  const directory = join(folder, "index");
  await cp(join(FIXTURE, "index"), directory, { recursive: true });
  const chain = v3Chain();
  const network = chain.network();
  const node = await runningNode(t, directory, { network, readers: [chain] });
  await until(() => node.report().digest?.hash === chain.tip.hash);
  assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, network));
  assert.deepEqual((await readdir(folder)).sort(), ["index", "index.v3"]);
});

test("a backup that version 3 wrote is restored", async (t) => {
  const directory = join(await temporaryFolder(t), "index");
  const chain = v3Chain();
  const network = chain.network();
  const restored = await restoreBackup({ path: join(FIXTURE, "backup"), directory, network, reader: chain });
  assert.deepEqual([restored.header.meta.schemaVersion, restored.notCompared], [3, undefined]);
  chain.lag = chain.tip.number - restored.header.block.number;
  assert.equal((await contentOf(directory, network))?.hash, await hashFromScratch(chain, network));
});
