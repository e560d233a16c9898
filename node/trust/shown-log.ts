import type { IssuerOnNode } from "../../resolver/evidence/from-nodes.ts";
import type { RegistryEvent } from "../../resolver/registry-event.ts";

/** A log of a subject as answers show it: a client can fold the subject's state from its logs. */
export type ShownLog = IssuerOnNode["history"][number];

/** The log of an event as answers show it. */
export function shownLog({ log, time }: RegistryEvent["event"]): ShownLog {
  const { blockNumber: block, blockHash, transactionHash: transaction, logIndex, topics, data } = log;
  return { block, blockHash, time, transaction, logIndex, topics: [...topics], data };
}
