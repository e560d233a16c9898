import type { Folded } from "../../index/fold.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import { historyKeys, NOTHING, rootsKey } from "../keys.ts";
import type { Totals } from "../records/recent-block.ts";
import { BLOCK_ROOTS, eventRecord } from "../records/records.ts";
import { ContentChecksums } from "./checksums.ts";
import { type Change, changesOf } from "./states.ts";

/** What one block, or a range of blocks up to it, changes. */
export interface Commit extends Folded {
  readonly block: BlockRef;
  readonly finalized: number;
  readonly verified: boolean;
  /** Number of the lowest block to remember, to which the chain may go back. */
  readonly floor: number;
}

/** What some events change, and the totals after them. Equal events give equal bytes on every node. */
export function contentAfter(was: Totals, { events, states, chunks, roots, rootsByBlock }: Folded) {
  const checksums = new ContentChecksums(was.sums);
  const changes: Change[] = [];
  const add = (key: string, after: string) => changes.push({ key, before: null, after });
  for (const event of events) {
    const { own, index } = historyKeys(event);
    const digits = eventRecord(event.event);
    checksums.event(own, digits);
    add(own, digits);
    add(index, NOTHING);
  }
  for (const [block, after] of rootsByBlock) add(rootsKey(block), BLOCK_ROOTS.write(after));
  for (const change of changesOf({ states, chunks })) {
    checksums.change(change);
    changes.push(change);
  }
  const isNew = ({ before }: { before?: unknown }) => before === undefined;
  const totals: Totals = {
    subjects: was.subjects + states.filter(isNew).length,
    words: was.words + chunks.filter(isNew).length,
    events: was.events + events.length,
    blocks: was.blocks + rootsByBlock.size,
    roots,
    sums: checksums.sums,
  };
  return { changes, totals };
}
