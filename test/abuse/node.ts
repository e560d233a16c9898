/**
 * A node in a process of its own, on a simulated chain on which one DID has a long history. It says on its first line where
 * it listens, and ends with its parent.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNode } from "../../node/main.ts";
import { ChainSimulator, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { configFor, ready, silent } from "../helpers/real-node.ts";

/** Blocks with an event of the DID. */
const HISTORY = 2_000;

const chain = new ChainSimulator();
for (let block = 0; block < HISTORY; block++) {
  chain.mine([{ do: "delegate", identity: 1, value: block % 8, validTo: 4e9 }]);
}
const dataDir = await mkdtemp(join(tmpdir(), "mapae-abuse-"));
const listener = { host: "127.0.0.1", port: 0 };
const config = configFor({
  network: chain.network(),
  dataDir,
  metrics: listener,
  audit: { ...listener, auditors: null },
});
const node = await startNode(config, { readers: [chain], logger: silent });
await ready(node.url);
const { url, auditUrl, metricsUrl } = node;
console.log(JSON.stringify({ url, auditUrl, metricsUrl, identity: simulatedIdentity(1) }));
process.stdin.resume().on("end", async () => {
  await node.stop();
  await rm(dataDir, { recursive: true });
});
