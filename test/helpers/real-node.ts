import { pino } from "pino";
import type { NodeConfig } from "../../node/config/config.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { ChainSimulator } from "./chain-simulator.ts";

export const silent = pino({ level: "silent" });

/** A configuration for a node of a chain, with a data directory that is removed after the test. */
export async function configOf(
  t: { after(end: () => Promise<void>): void },
  chain: { network(): NetworkDescriptor },
  given: Partial<NodeConfig> = {},
): Promise<NodeConfig> {
  return configFor({ network: chain.network(), dataDir: await temporaryFolder(t), ...given });
}

/** A configuration for a node that listens on any free port and never becomes stale. */
export function configFor(given: Partial<NodeConfig> & Pick<NodeConfig, "network" | "dataDir">): NodeConfig {
  return {
    httpHost: "127.0.0.1",
    httpPort: 0,
    trustedProxies: [],
    rpcAgreement: 2,
    metrics: null,
    audit: null,
    pollMs: 10,
    staleAfter: null,
    refuseAfter: null,
    logLevel: "info",
    peers: { urls: [], checkSeconds: 1 },
    testIdentifiers: [],
    signers: { files: [], passwordFile: null },
    typesDir: null,
    secrets: { rpcUrls: [] },
    ...given,
  };
}

/** A chain on which one identity was written in each of some blocks. */
export function chainOf(blocks: number): ChainSimulator {
  const chain = new ChainSimulator();
  for (let count = 0; count < blocks; count++) {
    chain.mine([{ do: "delegate", identity: 0, value: count, validTo: 4e9 }]);
  }
  return chain;
}

/** Waits until a condition is true. The runner's time limit ends a test whose condition never becomes true. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until a node is ready. */
export function ready(url: string): Promise<void> {
  return until(async () => (await fetch(`${url}/ready`)).status === 200);
}
