import assert from "node:assert/strict";
import { mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CheckedDatabase } from "../../../node/store/checked-database.ts";
import { SCHEMA_VERSION } from "../../../node/store/keys.ts";
import { metaOf, writeMeta } from "../../../node/store/meta.ts";
import { metaIn, moveOlderIndex } from "../../../node/store/older-index.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { until } from "../../helpers/real-node.ts";
import { hashFromScratch } from "../../helpers/simulated-node.ts";
import { chainOf, filled, runningNode } from "../operator/harness.ts";

const OLDER = Array.from({ length: SCHEMA_VERSION - 1 }, (_, at) => at + 1);

/** An index that says it is of an older version. One that version 3 itself wrote is in v3.test.ts. */
async function olderIndex(t: TestContext, schemaVersion = SCHEMA_VERSION - 1) {
  const folder = await temporaryFolder(t);
  const directory = join(folder, "index");
  const chain = chainOf(20);
  const network = chain.network();
  await filled(directory, { chain, network });
  await using database = await CheckedDatabase.open(directory);
  await writeMeta(database, { ...metaOf(network), schemaVersion });
  return { folder, chain, network, directory, kept: `${directory}.v${schemaVersion}` };
}

async function versionIn(directory: string): Promise<number | undefined> {
  return (await metaIn(directory))?.schemaVersion;
}

for (const version of OLDER) {
  test(`a node on a directory of version ${version} reads everything again, and keeps the former index`, async (t) => {
    const { directory, chain, network, kept } = await olderIndex(t, version);
    const node = await runningNode(t, directory, { network, readers: [chain] });
    await until(() => node.report().digest?.hash === chain.tip.hash);
    assert.equal(node.contentHash()?.hash, await hashFromScratch(chain, network));
    assert.equal(await versionIn(kept), version);
  });
}

test("a node that was killed after it moved the former index begins with an empty directory", async (t) => {
  const { folder, directory, chain, network, kept } = await olderIndex(t);
  assert.equal(await moveOlderIndex(directory, network), kept);
  assert.deepEqual(await readdir(folder), [`index.v${SCHEMA_VERSION - 1}`]);
  const node = await runningNode(t, directory, { network, readers: [chain] });
  await until(() => node.report().digest?.hash === chain.tip.hash);
  assert.equal(await versionIn(kept), SCHEMA_VERSION - 1);
});

test("behind a link the former index is kept on its own disk, and the new one is where the link leads", async (t) => {
  const { folder, directory, chain, network, kept } = await olderIndex(t);
  const link = join(await temporaryFolder(t), "index");
  await symlink(directory, link);
  const node = await runningNode(t, link, { network, readers: [chain] });
  await until(() => node.report().digest?.hash === chain.tip.hash);
  assert.equal(await readlink(link), directory);
  assert.deepEqual((await readdir(folder)).sort(), ["index", `index.v${SCHEMA_VERSION - 1}`]);
  assert.equal(await versionIn(kept), SCHEMA_VERSION - 1);
});

test("an index of this version or a newer one, and a directory without an index, stay where they are", async (t) => {
  for (const version of [SCHEMA_VERSION, SCHEMA_VERSION + 1]) {
    const { directory, network } = await olderIndex(t, version);
    assert.equal(await moveOlderIndex(directory, network), undefined);
    assert.equal(await versionIn(directory), version);
  }
  const empty = await temporaryFolder(t);
  assert.equal(await moveOlderIndex(empty, chainOf(1).network()), undefined);
});

test("an older index of another network, and one whose new name is taken, stay where they are", async (t) => {
  const { directory, network, kept } = await olderIndex(t);
  const other = chainOf(1, { salt: 2 }).network();
  await assert.rejects(moveOlderIndex(directory, other), { code: "NETWORK_MISMATCH" });
  await mkdir(kept);
  await assert.rejects(moveOlderIndex(directory, network), { code: "STORE_NOT_EMPTY" });
  assert.equal(await versionIn(directory), SCHEMA_VERSION - 1);
});
