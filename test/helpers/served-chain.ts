import { startHttp } from "../../node/http/server.ts";
import type { Signer } from "../../node/status-lists/signer.ts";
import { StatusLists } from "../../node/status-lists/status-lists.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import { reportOf } from "../node/http/harness.ts";
import type { ChainSimulator } from "./chain-simulator.ts";
import { SimulatedNode } from "./simulated-node.ts";

/** A node that follows a simulated chain, and its public listener. Its clock stands at `state.now`. */
export async function serveChain(
  t: { after(end: () => Promise<void>): void },
  chain: ChainSimulator,
  { signers = [] as readonly Signer[] } = {},
) {
  const network = chain.network();
  const node = await SimulatedNode.start({ network, readers: [chain] });
  await node.settle();
  const faults: unknown[] = [];
  const state = { now: chain.tip.time, stale: false };
  const now = () => state.now;
  const index = node.indexer;
  const { url, close } = await startHttp({
    index,
    network,
    examples: [],
    lists: new StatusLists({ index, network, signers, now, onAlarm: (error) => faults.push(error) }),
    now,
    digest: () => Promise.reject(new UnavailableError("not asked here")),
    report: () =>
      reportOf(state.stale ? { kind: "stale", reason: "old", refuse: false, block: 1 } : node.progress.state()),
    onFault: (error) => faults.push(error),
    onAnswer: () => undefined,
    host: "127.0.0.1",
    port: 0,
  });
  t.after(async () => {
    await close();
    await node.stop();
  });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
  return { url, node, index, network, faults, state, get };
}
