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

/**
 * The newest versions of a DID, oldest first, folded from its events as a node does.
 * @param most number of versions for which documents are built; the events of all versions are folded.
 */
export function versionsOf(did: string, chainId: number, events: readonly DidEvent[], most: number): Version[] {
  const blocks = [...new Set(events.map(({ block }) => block))];
  const oldest = blocks.at(-most) ?? 0;
  const versions: Version[] = [];
  let state: DidState | undefined;
  let before: object | null = {};
  let own: DidEvent[] = [];
  for (const [at, event] of events.entries()) {
    state = applyDidEvent(state, event, chainId);
    own.push(event);
    const next = events[at + 1]?.block;
    if (next === event.block) continue;
    const isShown = event.block >= oldest;
    // The oldest version that is shown is compared with the one before it.
    if (isShown || (next !== undefined && next >= oldest)) {
      const document =
        state.deactivated === null ? didDocument({ did, chainId, state, at: event.time }).document : null;
      const transactions = [...new Set(own.map(({ log }) => log.transactionHash))];
      const changes = differences(before ?? {}, document ?? {});
      if (isShown)
        versions.push({ block: event.block, time: event.time, transactions, events: own, document, changes });
      before = document;
    }
    own = [];
  }
  return versions;
}
