/**
 * A node in its own process, on a simulated chain with one DID of long history, whose server has one fault after another. Its
 * first output line has the URLs of its listeners. When its standard input ends, it stops, and its last line has the number of
 * falsified answers.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNode } from "../../node/main.ts";
import { ChainSimulator, simulatedIdentity } from "../helpers/chain-simulator.ts";
import { FAULTS, faulty } from "../helpers/faulty-reader.ts";
import { configFor, ready, silent } from "../helpers/real-node.ts";

/** Number of blocks with an event of the DID. */
const HISTORY = 2_000;

/** Milliseconds of each fault of the chain's server, and of the honest time after it. */
const FAULT_MS = 1_000;

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
let turn = 0;
let falsified = 0;
const fault = () => (turn % 2 === 0 ? undefined : FAULTS[(turn >> 1) % FAULTS.length]);
const reader = faulty(chain, () => {
  if (fault() !== undefined) falsified += 1;
  return fault();
});
const node = await startNode(config, { readers: [reader], logger: silent });
await ready(node.url);
const turns = setInterval(() => {
  turn += 1;
  // An event of another DID than the one that clients request.
  chain.mine([{ do: "delegate", identity: 2, value: turn % 8, validTo: 4e9 }]);
}, FAULT_MS);
const { url, auditUrl, metricsUrl } = node;
console.log(JSON.stringify({ url, auditUrl, metricsUrl, identity: simulatedIdentity(1) }));
process.stdin.resume().on("end", async () => {
  clearInterval(turns);
  await node.stop();
  console.log(JSON.stringify({ falsified }));
  await rm(dataDir, { recursive: true });
});
