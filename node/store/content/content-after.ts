import type { RegistryEvent } from "../../../resolver/registry-event.ts";
import type { Folded } from "../../index/fold.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import { historyKeys, NOTHING, rootsKey } from "../keys.ts";
import { BLOCK_ROOTS, eventRecord } from "../records/records.ts";
import { ContentChecksums } from "./checksums.ts";
import { changesOf } from "./states.ts";
import type { Totals } from "./undo.ts";

/** What one block, or a range of blocks up to it, changes. */
export interface Commit extends Folded {
  /** `range`: final blocks, so nothing is kept to undo them. */
  readonly kind: "block" | "range";
  readonly block: BlockRef;
  readonly finalized: number;
  readonly verified: boolean;
  /** Number of the lowest block to remember. */
  readonly floor: number;
}

/** The entries that some events write, and the totals after them. Equal events give equal bytes on every node. */
export function contentAfter(was: Totals, { events, states, chunks, roots, rootsByBlock }: Folded) {
  const checksums = new ContentChecksums(was.sums);
  const writes: [key: string, digits: string | null][] = [];
  const add = (event: RegistryEvent) => {
    const { own, index } = historyKeys(event);
    const digits = eventRecord(event.event);
    checksums.event(own, digits);
    writes.push([own, digits], [index, NOTHING]);
  };
  events.forEach(add);
  for (const [block, after] of rootsByBlock) writes.push([rootsKey(block), BLOCK_ROOTS.write(after)]);
  const added = writes.map(([key]) => key);
  const changes = [...changesOf({ states, chunks })];
  for (const change of changes) {
    checksums.change(change);
    writes.push([change.key, change.after]);
  }
  const isNew = ({ before }: { readonly before: unknown }) => before === undefined;
  const totals: Totals = {
    subjects: was.subjects + states.filter(isNew).length,
    words: was.words + chunks.filter(isNew).length,
    events: was.events + events.length,
    blocks: was.blocks + rootsByBlock.size,
    roots,
    sums: checksums.sums,
  };
  return { writes, added, changes, totals };
}
