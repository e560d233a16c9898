import { applyDidEvent, type DidState } from "../resolver/apply-event.ts";
import { type DidEvent, decodeDidLog } from "../resolver/decode-log.ts";
import { nextRoot } from "../resolver/head.ts";
import type { Address, Hash } from "../resolver/hex.ts";
import type { TimedLog } from "./chain/follow-event.ts";

export interface FoldInput {
  readonly logs: readonly TimedLog[];
  readonly chainId: number;
  /** An identity's state before these logs. */
  readonly state: (address: Address) => DidState | undefined;
  /** The registry's root before them. */
  readonly root: Hash;
}

export interface Folded {
  readonly events: readonly DidEvent[];
  /** The states after them of the identities that they change. */
  readonly states: ReadonlyMap<Address, DidState>;
  /** How many of these had no state before. */
  readonly created: number;
  readonly root: Hash;
}

/**
 * Folds logs of the DID registry, in log order, to states and the root. Pure.
 * @throws ChainDataError, HistoryIncompleteError when these logs can't be all, or what the contract wrote.
 */
export function foldLogs({ logs, chainId, state, root }: FoldInput): Folded {
  const events = logs.map(({ log, time }) => decodeDidLog(log, time));
  const states = new Map<Address, DidState>();
  let created = 0;
  let folded = root;
  for (const event of events) {
    const before = states.get(event.identity) ?? state(event.identity);
    if (before === undefined) created++;
    const after = applyDidEvent(before, event, chainId);
    states.set(event.identity, after);
    folded = nextRoot(folded, after.head);
  }
  return { events, states, created, root: folded };
}
