import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startNode } from "../../../node/main.ts";
import { withChecksum, withoutChecksum } from "../../../node/store/checked-database.ts";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { fixed, stateKey } from "../../../node/store/keys.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import { endsOf, temporaryFolder } from "../../cli/harness.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { configFor, silent, until } from "../../helpers/real-node.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";
import { chainOf, filled } from "../operator/harness.ts";

const ALICE = simulatedIdentity(0);

async function filledIndex(t: TestContext) {
  const directory = join(await temporaryFolder(t), "index");
  const chain = chainOf(30);
  const network = chain.network();
  await filled(directory, { chain, network });
  return { directory, chain, network };
}

/** Another state with a good checksum, as one that LevelDB kept of before. */
async function damage(directory: string): Promise<void> {
  const database = await openLevel(directory);
  const key = stateKey({ kind: "did", id: ALICE });
  const digits = withoutChecksum(key, database.getSync(key) ?? "");
  // Offset of the number of events in the record of a DID's state.
  const events = 124;
  const batch = database.batch();
  batch.put(key, withChecksum(key, digits.slice(0, events) + fixed(99) + digits.slice(events + 14)));
  await batch.write({ sync: true });
  await database.close();
}

/** A database of which nothing is read through before `go` resolves. */
function waiting(database: Database, go: Promise<void>): Database {
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== "iterator") return typeof value === "function" ? value.bind(target) : value;
      return (scan: Parameters<Database["iterator"]>[0]) => {
        const entries = target.iterator(scan);
        if (scan.gte !== undefined || scan.limit !== undefined) return entries;
        const nextv = entries.nextv.bind(entries);
        return Object.assign(entries, { nextv: (size: number) => go.then(() => nextv(size)) });
      };
    },
  });
}

test("an index that was closed in good order is answered from before it is read through", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const openDatabase = async (path: string) => waiting(await openLevel(path), gate);
  const node = await startNode(configFor({ network, dataDir: directory }), {
    readers: [chain],
    logger: silent,
    openDatabase,
  });
  t.after(async () => {
    go();
    await node.stop();
  });
  await until(() => node.report().state.kind === "following");
  const answer = await fetch(`${node.url}/1.0/identifiers/${formatDid(network.name, ALICE)}`);
  assert.equal(answer.status, 200);
});

test("damage that came to a closed index halts the node that answers from it, and stays damage after that", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  await damage(directory);
  const config = configFor({ network, dataDir: directory });
  const node = await startNode(config, { readers: [chain], logger: silent });
  endsOf(t)(() => node.stop());
  await until(() => node.report().state.kind === "halted");
  const { state } = node.report();
  assert.equal(state.kind === "halted" && state.code, "STORE_CORRUPT");
  const answer = await fetch(`${node.url}/1.0/identifiers/${formatDid(network.name, ALICE)}`);
  assert.equal(answer.status, 503);
  await node.stop();
  const again = await startNode(config, { readers: [chain], logger: silent });
  endsOf(t)(() => again.stop());
  await until(() => again.report().state.kind === "halted");
});

test("an index that a killed node left is read through before anything is answered from it", async (t) => {
  const { directory, chain, network } = await filledIndex(t);
  const database = await openLevel(directory);
  const killed = await SimulatedNode.start({ network, readers: [chain], database });
  chain.mine([{ do: "attribute", identity: 1, value: 1, validTo: 4e9 }]);
  await killed.settle();
  await killed.stop({ crash: true });
  await database.close();
  await damage(directory);
  const started = startNode(configFor({ network, dataDir: directory }), { readers: [chain], logger: silent });
  await assert.rejects(started, { code: "STORE_CORRUPT" });
});
