import { applyDidEvent, type DidState } from "../../resolver/did/apply-event.ts";
import type { DidEvent } from "../../resolver/did/decode-log.ts";
import { didDocument } from "../../resolver/did/did-document.ts";
import { type Difference, differences } from "./diff.ts";

/** A DID's document after the events of one block, and how it differs from the one before. */
export interface Version {
  readonly block: number;
  /** Unix time of the block. */
  readonly time: number;
  readonly transactions: readonly string[];
  readonly events: readonly DidEvent[];
  /** `null` once it is deactivated. */
  readonly document: object | null;
  readonly changes: readonly Difference[];
}

/** Every version of a DID, oldest first, folded from its events as a node does. */
export function versionsOf(did: string, chainId: number, events: readonly DidEvent[]): Version[] {
  const versions: Version[] = [];
  let state: DidState | undefined;
  for (const [at, event] of events.entries()) {
    state = applyDidEvent(state, event, chainId);
    if (events[at + 1]?.block === event.block) continue;
    const own = events.filter(({ block }) => block === event.block);
    const document = state.deactivated === null ? didDocument({ did, chainId, state, at: event.time }).document : null;
    versions.push({
      block: event.block,
      time: event.time,
      transactions: [...new Set(own.map(({ log }) => log.transactionHash))],
      events: own,
      document,
      changes: differences(versions.at(-1)?.document ?? {}, document ?? {}),
    });
  }
  return versions;
}
