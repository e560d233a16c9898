import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { NodeConfig } from "../../../node/config/config.ts";
import { type RunningNode, startNode } from "../../../node/main.ts";
import type { BenchIssuer, GateChain } from "./chain.ts";
import { TYPE } from "./facts.ts";

/** Milliseconds in which the node has to follow the writes. */
const FOLLOW_TIMEOUT_MS = 300_000;

/** Starts a node that attests the chain's blocks, and signs the lists of issuers. */
export function startGateNode(
  chain: GateChain,
  issuers: readonly BenchIssuer[],
  dataDir: string,
): Promise<RunningNode> {
  return startNode(configOf(chain, dataDir), {
    readers: [chain.reader],
    rpcs: [chain.rpc],
    signers: [chain.operator, ...issuers.map(({ signer }) => signer)],
    logger: pino({ level: "silent" }),
  });
}

/** Waits until the node attested the newest block, and fetches a bundle of it. */
export async function bundleOf(chain: GateChain, { url }: RunningNode, since?: number): Promise<Uint8Array> {
  const wanted = await chain.newest();
  const timeout = AbortSignal.timeout(FOLLOW_TIMEOUT_MS);
  for (;;) {
    const answer = await fetch(`${url}/attestations/newest`, { signal: timeout });
    if (answer.status === 200 && ((await answer.json()) as { number: number }).number >= wanted) break;
    await delay(50);
  }
  const response = await fetch(
    `${url}/bundles?types=${encodeURIComponent(TYPE)}${since === undefined ? "" : `&since=${since}`}`,
  );
  if (response.status !== 200) throw new Error(`The node answered HTTP ${response.status}: ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

function configOf({ network }: GateChain, dataDir: string): NodeConfig {
  return {
    network,
    dataDir,
    httpHost: "127.0.0.1",
    httpPort: 0,
    trustedProxies: [],
    metrics: null,
    audit: null,
    pollMs: 20,
    rpcAgreement: 2,
    staleAfter: null,
    refuseAfter: null,
    logLevel: "error",
    peers: { urls: [], checkSeconds: 60 },
    testIdentifiers: [],
    typesDir: null,
    signers: { files: [], passwordFile: null },
    secrets: { rpcUrls: [] },
  };
}
