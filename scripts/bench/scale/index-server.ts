/** Program with the argument `FOLDER`: serves the index in a folder like a node, but without a chain. It sends its port. */
import { endWithParent } from "../../../cli/local/child.ts";
import { Attestations } from "../../../node/attestations/attestations.ts";
import { startHttp } from "../../../node/http/server/server.ts";
import { StatusLists } from "../../../node/lists/status-lists.ts";
import type { NodeState } from "../../../node/runtime/status.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import { network, openIndex } from "./chain.ts";

const [folder = ""] = process.argv.slice(2);
const { store, indexer } = await openIndex(folder);
const index = indexer.served;
const block = store.tip?.number ?? 0;
const state: NodeState = { kind: "following", block, reason: "the index has every block" };
const now = () => store.tip?.time ?? 0;
const fail = (error: unknown) => {
  throw error;
};
const unknown = { head: null, indexed: null, lag: null, clockOffset: null, comparedAt: null, digest: null, peers: [] };
const { url } = await startHttp({
  index,
  network,
  now,
  lists: new StatusLists({ index, network, signers: [], now, onAlarm: fail }),
  attestations: new Attestations({ network, onOutcome: () => undefined, onFault: fail }),
  proofs: { prove: () => Promise.reject(new UnavailableError("this server has no chain to prove states with")) },
  examples: [],
  digest: () => Promise.reject(new UnavailableError("this server has no digest")),
  state: () => state,
  report: () => ({ version: "0.0.0", schemaVersion: 1, network: network.name, state, ...unknown }),
  onFault: fail,
  onAnswer: () => undefined,
  host: "127.0.0.1",
  port: 0,
});
endWithParent(() => process.exit(0));
process.send?.({ port: Number(new URL(url).port) });
