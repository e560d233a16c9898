import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openLevel } from "../../../node/store/database.ts";
import { migrate } from "../../../node/store/migration/migrate.ts";
import { MIGRATIONS } from "../../../node/store/migration/migrations.ts";
import { IndexStore } from "../../../node/store/store.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { assertContent, ContentFromScratch } from "../../helpers/content.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";
import { contentOf, restoreBackup } from "../operator/harness.ts";
import { v4Chain } from "./v4/chain.ts";

const FIXTURE = fileURLToPath(new URL("v4", import.meta.url));

test("an index that version 4 wrote is migrated as of its newest final block, and follows the chain from there", async (t) => {
  const directory = join(await temporaryFolder(t), "index");
  await cp(join(FIXTURE, "index"), directory, { recursive: true });
  const chain = v4Chain();
  const network = chain.network();
  assert.deepEqual(await migrate({ directory, network }), {
    what: MIGRATIONS.get(4)?.what,
    kept: `${directory}.v4`,
  });
  const database = await openLevel(directory);
  const store = await IndexStore.open(database, network);
  await store.verify();
  const { tip } = store;
  // 12 blocks may still be undone.
  assert.deepEqual([tip?.number, tip?.verified], [chain.tip.number - 12, true]);
  const upTo = chain.branch.filter(({ number }) => number <= (tip?.number ?? 0));
  await assertContent(database, new ContentFromScratch(network).after(upTo));

  const node = await SimulatedNode.start({ network, readers: [chain], database });
  assert.notEqual(node.index.asOf(), undefined, "it is served before the chain was asked");
  if (node.progress.state().kind !== "following") await node.settle();
  await assertContent(database, new ContentFromScratch(network).after(chain.branch));
  await node.stop();
  await database.close();
  assert.equal((await contentOf(directory, network))?.hash, await hashFromScratch(chain, network));
});

test("a backup that version 4 wrote is restored", async (t) => {
  const directory = join(await temporaryFolder(t), "index");
  const chain = v4Chain();
  const network = chain.network();
  const { header, notCompared } = await restoreBackup({
    path: join(FIXTURE, "backup"),
    directory,
    network,
    reader: chain,
  });
  assert.deepEqual([header.meta.schemaVersion, notCompared], [4, undefined]);
  chain.lag = chain.tip.number - header.block.number;
  assert.equal((await contentOf(directory, network))?.hash, await hashFromScratch(chain, network));
});
