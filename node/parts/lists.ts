import type { Signer } from "../issuing/signer.ts";
import { Mirror } from "../lists/mirror.ts";
import { StatusLists } from "../lists/status-lists.ts";
import { loop, type Part } from "../runtime/part.ts";
import { inRounds } from "../runtime/rounds.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** Milliseconds between two looks for lists that no key here can sign any longer. */
const LOOK_EVERY_MS = 60_000;

/** Status lists, those that nobody requests included. */
export interface Listing extends Part {
  readonly lists: StatusLists;
}

/** Creates the status lists: those that this node signs, and those that it mirrors from other nodes. */
export function createListing(
  { config, clock, logFault, observer }: NodeContext,
  { index }: Indexing,
  signers: readonly Signer[],
): Listing {
  const { network } = config;
  const { urls: peers } = config.peers;
  const lists = new StatusLists({
    index,
    network,
    signers,
    now: clock.now,
    onAlarm: logFault("a status list can't be signed again"),
    onSigned: observer.signedList,
    ...(peers.length > 0 && { mirror: new Mirror({ index, network, peers, now: clock.now }) }),
  });
  const onFault = logFault("the status lists can't be looked through");
  const task = () => lists.look().catch(onFault);
  return { lists, ...loop((signal) => inRounds({ items: [lists], task, pauseMs: LOOK_EVERY_MS, clock }, signal)) };
}
