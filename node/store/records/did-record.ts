import { crc32 } from "node:zlib";
import type { DidState, Moment } from "../../../resolver/did/apply-event.ts";
import type { Entry } from "../../../resolver/did/entries.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { entriesKey } from "../keys.ts";
import { corrupt } from "../store-error.ts";
import { type Codec, Digits, decode, either, hex, integer, list, record, sized } from "./codec.ts";

/**
 * Maximum bytes of entries that are stored in the record of their DID's state. Above that, each entry is stored in one of 64
 * buckets, chosen by its name and value, and the state's record lists the bucket of each entry, in the order of the entries.
 * So an event rewrites only this record and the buckets of the entries that it changed. The bytes follow from the state
 * alone, so they are equal on every node.
 */
const INLINE_BYTES = 4_096;
const BUCKETS = 64;

/** The bytes of an entry beside those of its value. */
const ENTRY_BYTES = 1 + 32 + 7 + 2;

const MOMENT = record<Moment>({ block: integer(7), time: integer(7) });

/** No event is in the block with number 0, which stands for `null`. */
const MOMENT_OR_NULL: Codec<Moment | null> = {
  write: (moment) => MOMENT.write(moment ?? { block: 0, time: 0 }),
  read(from) {
    const moment = MOMENT.read(from);
    return moment.block === 0 ? null : moment;
  },
};

const FACTS = record<Omit<DidState, "address" | "entries">>({
  ...{ owner: hex(20), created: MOMENT, updated: MOMENT, deactivated: MOMENT_OR_NULL },
  ...{ events: integer(7), head: hex(32) },
});

/** The entries of a DID, or those in one of its buckets. */
export const DID_ENTRIES = list(
  record<Entry>({
    kind: either("attribute", "delegate"),
    ...{ name: hex(32), validTo: integer(7), value: sized(2, hex()) },
  }),
);

/** Whether the entries follow, or the bucket of each. */
const IS_INLINE = either(true, false);
const ORDER = list(integer(1));

/** A DID's state as records: that of the state, and the entries by bucket, which are none when that record has them all. */
export function didRecords(state: DidState): { state: string; buckets: Map<number, Entry[]> } {
  const { entries } = state;
  const facts = FACTS.write(state);
  const bytes = entries.reduce((sum, { value }) => sum + ENTRY_BYTES + (value.length - 2) / 2, 0);
  if (bytes <= INLINE_BYTES) {
    return { state: facts + IS_INLINE.write(true) + DID_ENTRIES.write(entries), buckets: new Map() };
  }
  const order = entries.map(bucketOf);
  const buckets = new Map<number, Entry[]>(order.map((bucket) => [bucket, []]));
  for (const [at, bucket] of order.entries()) buckets.get(bucket)?.push(entries[at] as Entry);
  return { state: facts + IS_INLINE.write(false) + ORDER.write(order), buckets };
}

/** The DID's state, read from its record, without the entries. */
export function readDidFacts(address: Address, digits: string): Omit<DidState, "entries"> {
  return { address, ...decode(FACTS, digits) };
}

/** Records by their keys: an index, or a map. */
export type Records = Pick<ReadonlyMap<string, string>, "get">;

/** @throws StoreError STORE_CORRUPT */
export function readDidState(records: Records, address: Address, digits: string): DidState {
  const from = new Digits(digits);
  const facts = FACTS.read(from);
  const entries = IS_INLINE.read(from) ? DID_ENTRIES.read(from) : entriesInOrder(records, address, ORDER.read(from));
  return { address, ...facts, entries };
}

function entriesInOrder(records: Records, did: Address, order: readonly number[]): Entry[] {
  const read = (bucket: number) => decode(DID_ENTRIES, records.get(entriesKey(did, bucket)) ?? "").values();
  const buckets = new Map([...new Set(order)].map((bucket) => [bucket, read(bucket)]));
  return order.map((bucket) => {
    const entry = buckets.get(bucket)?.next().value;
    if (entry === undefined) throw corrupt("entries of a DID are missing");
    return entry;
  });
}

function bucketOf({ name, value }: Entry): number {
  return crc32(name + value) % BUCKETS;
}
