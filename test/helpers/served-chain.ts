import { Attestations } from "../../node/attestations/attestations.ts";
import { startHttp } from "../../node/http/server/server.ts";
import type { Signer } from "../../node/issuing/signer.ts";
import { Mirror } from "../../node/lists/mirror.ts";
import { StatusLists } from "../../node/lists/status-lists.ts";
import type { NodeState } from "../../node/runtime/status.ts";
import type { TypeDocuments } from "../../node/trust/type-documents.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import { reportOf } from "../node/http/harness.ts";
import type { ChainSimulator, SimulatedWrite } from "./chain-simulator.ts";
import { SimulatedNode } from "./simulated-node.ts";

/** A test or a file of tests, after which a node is stopped. */
export type AfterTest = { after(end: () => Promise<void>): void };

/** A node that follows a simulated chain, without a listener. Its clock is `state.now`. */
export async function followChain(chain: ChainSimulator) {
  const network = chain.network();
  const node = await SimulatedNode.start({ network, readers: [chain] });
  await node.settle();
  const state = { now: chain.tip.time, stale: false };
  return {
    chain,
    network,
    node,
    index: node.index,
    state,
    now: () => state.now,
    /** The errors that `onFault` was called with. */
    faults: [] as unknown[],
    async mine(...writes: SimulatedWrite[]): Promise<void> {
      chain.mine(writes);
      await node.settle();
      state.now = chain.tip.time;
    },
  };
}

/** The same with its public listener: everything is real except the network to the chain. */
export async function serveChain(
  t: AfterTest,
  chain: ChainSimulator,
  { signers = [] as readonly Signer[], peers = [] as readonly string[], documents = new Map() as TypeDocuments } = {},
) {
  const followed = await followChain(chain);
  const { network, node, index, state, now, faults } = followed;
  const alarms: Error[] = [];
  const signed: boolean[] = [];
  const lists = new StatusLists({
    index,
    network,
    signers,
    now,
    onAlarm: (error) => alarms.push(error),
    onSigned: (ok) => signed.push(ok),
    mirror: new Mirror({ index, network, peers, now }),
  });
  const nodeState = (): NodeState =>
    state.stale ? { kind: "stale", reason: "old", refuse: false, block: 1 } : node.progress.state();
  const { url, close } = await startHttp({
    index,
    network,
    attestations: new Attestations({ network, onOutcome: () => undefined, onFault: (error) => faults.push(error) }),
    proofs: { prove: () => Promise.reject(new UnavailableError("nothing is proven here")) },
    examples: [],
    lists,
    documents,
    now,
    digest: () => Promise.reject(new UnavailableError("not asked here")),
    report: () => reportOf(nodeState()),
    state: nodeState,
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
  return { ...followed, url, lists, alarms, signed, get };
}
