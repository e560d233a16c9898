import type { Signer } from "../issuing/signer.ts";
import { Mirror } from "../lists/mirror.ts";
import { StatusLists } from "../lists/status-lists.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** Creates the status lists: those that this node signs, and those that it mirrors from other nodes. */
export function createLists(
  { config, clock, logFault, observer }: NodeContext,
  { index }: Indexing,
  signers: readonly Signer[],
): StatusLists {
  const { network } = config;
  const { urls: peers } = config.peers;
  return new StatusLists({
    index,
    network,
    signers,
    now: clock.now,
    onAlarm: logFault("a status list can't be signed again"),
    onSigned: observer.signedList,
    ...(peers.length > 0 && { mirror: new Mirror({ index, network, peers, now: clock.now }) }),
  });
}
