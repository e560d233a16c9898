import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import { applyEntry, type Entry, entryBytes, entryOf } from "../../../resolver/did/entries.ts";
import { type Address, type Hash, ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import { LruCache } from "../../../resolver/primitives/lru.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";
import type { IndexSnapshot } from "../../index/live-index.ts";
import { MAX_FOLLOWED_ENTRIES } from "../bounds.ts";

/** What an event of a DID alone does not say. */
export interface Behind {
  /** Who made the change. */
  readonly actor: Address;
  /**
   * Whether it sets an entry again that was revoked: the key, or the delegate, counts again for every date (method
   * specification, section 11). An attribute that there is no room for heals nothing, since it is not set.
   */
  readonly heals: boolean;
}

/** How many bytes of values weigh as much as one entry that is kept in mind. */
const BYTES_AN_ENTRY = 64;

/** A DID after some of its events. */
interface Past {
  owner: Address;
  /** Those in force at its newest event, by which it is judged whether there is room for another. */
  entries: readonly Entry[];
  /** Each entry whose newest event that counts is a revocation. */
  readonly revoked: Set<Hash>;
}

/**
 * What is behind each change. Events of accreditations and lists name their actor. Those of DIDs (ERC-1056) do not, but only
 * the owner can write one (`DidRegistry`, the gate of every write): so it was the owner before it, at first the address itself.
 */
export class Actors {
  readonly #index: IndexSnapshot;
  readonly #pasts = new LruCache<Address, Past>({
    max: MAX_FOLLOWED_ENTRIES,
    sizeOf: ({ entries, revoked }) =>
      1 + entries.length + Math.ceil(entryBytes(entries) / BYTES_AN_ENTRY) + revoked.size,
  });

  constructor(index: IndexSnapshot) {
    this.#index = index;
  }

  /**
   * What is behind an event. Those of one DID have to be asked for in the chain's order, with every one of the types that are
   * asked for and every change of the owner.
   */
  async of({ kind, event }: RegistryEvent): Promise<Behind> {
    if (kind !== "did") return { actor: event.actor, heals: false };
    const past = this.#pasts.get(event.identity) ?? (await this.#before(event));
    const actor = past.owner;
    const heals = follow(past, event);
    // Another object: the cache measures only what it has not.
    this.#pasts.set(event.identity, { ...past });
    return { actor, heals };
  }

  async #before({ identity, previousChange, log }: DidEvent): Promise<Past> {
    const past: Past = { owner: identity, entries: [], revoked: new Set() };
    // The identity's first event.
    if (previousChange === 0) return past;
    for await (const events of this.#index.history({ subject: { kind: "did", id: identity }, to: log.blockNumber })) {
      for (const { kind, event } of events) {
        const isBefore = event.block < log.blockNumber || event.log.logIndex < log.logIndex;
        if (kind === "did" && isBefore) follow(past, event);
      }
    }
    return past;
  }
}

/** Takes one more event of a DID; returns whether it sets an entry again that was revoked. */
function follow(past: Past, event: DidEvent): boolean {
  if (event.type === "owner") {
    // Who deactivated a DID is its last owner.
    if (event.owner !== ZERO_ADDRESS) past.owner = event.owner;
    return false;
  }
  const entry = entryOf(event);
  const { entries, counts } = applyEntry(past.entries, entry, event.time);
  past.entries = entries;
  if (!counts) return false;
  // Kept as hashes: a value has up to 4 096 bytes, and there can be any number of revocations.
  const id = keccak256(entry.kind === "delegate" ? "0x01" : "0x00", entry.name, entry.value);
  if (entry.validTo !== 0) return past.revoked.delete(id);
  past.revoked.add(id);
  return false;
}
