import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { loadConfig } from "../../../node/config/config.ts";
import { startNode } from "../../../node/main.ts";
import { withChecksum, withoutChecksum } from "../../../node/store/checked-database.ts";
import { openLevel } from "../../../node/store/database.ts";
import { fixed, STATES } from "../../../node/store/keys.ts";
import { answerOf, endsOf, errorOf, mapae, startNetwork, temporaryFolder } from "../harness.ts";

test("an operator backs up a running node, restores, compares and rebuilds an index", async (t) => {
  const folder = await temporaryFolder(t);
  const { chain, env, as, did } = await startNetwork(folder);
  t.after(() => chain.stop());
  const alice = did(1);
  await answerOf(["did", "create", "--service", "LinkedDomains=https://alice.example"], as(1));
  const at = (name: string) => ({ ...env, MAPAE_DATA_DIR: join(folder, name), MAPAE_HTTP_PORT: "0" });
  const file = join(folder, "backup");

  const node = await startNode(loadConfig(at("first")), { logger: pino({ level: "silent" }) });
  endsOf(t)(() => node.stop());
  while (node.report().state.kind !== "following") await new Promise((resolve) => setTimeout(resolve, 10));
  // The network is final at a depth, so blocks must come before anything is final. One by one: many at once by Hardhat's own
  // method have no parents, and a node waits until it need not follow them block by block.
  for (let blocks = 0; blocks < 64; blocks++) await chain.rpc("evm_mine");
  while ((node.report().digest?.block ?? 0) < Number(await chain.rpc("eth_blockNumber"))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  interface Backup {
    events: number;
    contentHash: string;
    block: { number: number; hash: string };
  }
  const backup = await answerOf<Backup>(["backup", file], at("first"));
  assert(backup.events > 0);
  assert.equal(errorOf(await mapae(["backup", file, "--json"], at("first"))).code, "BACKUP_EXISTS");
  const running = await answerOf<{ differences: number; compared: boolean }>(["verify-store"], at("first"));
  assert.deepEqual([running.differences, running.compared], [0, true]);
  const locked = errorOf(await mapae(["rebuild", "--json"], at("first")));
  assert.deepEqual([locked.code, /by hand/.test(locked.message)], ["STORE_LOCKED", false]);
  assert.equal(errorOf(await mapae(["restore", file, "--json"], at("first"))).code, "STORE_NOT_EMPTY");
  await node.stop();

  const restored = await answerOf<Backup & { compared: boolean }>(["restore", file], at("second"));
  assert.deepEqual([restored.block, restored.events, restored.compared], [backup.block, backup.events, true]);
  const second = await startNode(loadConfig(at("second")), { logger: pino({ level: "silent" }) });
  endsOf(t)(() => second.stop());
  while (second.report().state.kind !== "following") await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await fetch(`${second.url}/1.0/identifiers/${alice}`)).status, 200);
  await second.stop();

  const database = await openLevel(join(folder, "second"));
  const [[key, text] = ["", ""]] = await database.iterator({ ...STATES, limit: 1 }).all();
  const batch = database.batch();
  // Offset of the number of events in the record of a DID's state.
  const events = 124;
  const digits = withoutChecksum(key, text);
  batch.put(key, withChecksum(key, digits.slice(0, events) + fixed(99) + digits.slice(events + 14)));
  await batch.write({ sync: true });
  await database.close();
  const differing = await mapae(["verify-store"], at("second"));
  assert.equal(differing.code, 2);
  assert.match(differing.stdout, /^state of did 0x[0-9a-f]{40}: stored is .*"events":99/);
  assert.match(differing.stderr, /differs in 1 places: stop the node and run mapae rebuild/);

  const rebuilt = await answerOf<{ events: number }>(["rebuild"], at("second"));
  assert.equal(rebuilt.events, backup.events);
  assert.equal((await mapae(["verify-store"], at("second"))).code, 0);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => /tmp|part/.test(name)),
    [],
  );
});
