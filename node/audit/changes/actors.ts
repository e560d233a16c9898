import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import { applyEntry, type Entry, entryBytes, entryOf } from "../../../resolver/did/entries.ts";
import { type Address, type Hash, ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import { LruCache } from "../../../resolver/primitives/lru.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";
import type { IndexSnapshot } from "../../index/live-index.ts";
import { MAX_FOLLOWED_ENTRIES } from "../bounds.ts";

/** What an event of a DID does not contain. */
export interface ChangeContext {
  /** Who made the change. */
  readonly actor: Address;
  /**
   * Whether it sets an entry that was revoked before: then the key or delegate is valid again for every date (method
   * specification, section 11). `false` for an attribute that exceeds the limit of entries, because it is not set.
   */
  readonly heals: boolean;
}

/** Bytes of values that count as one more entry in the cache. */
const BYTES_AN_ENTRY = 64;

/** A DID after some of its events. */
interface Past {
  owner: Address;
  /** The entries in force at the newest event. They decide whether there is room for another one. */
  entries: readonly Entry[];
  /** Hashes of the entries whose newest effective event is a revocation. */
  readonly revoked: Set<Hash>;
}

/**
 * Finds the actor of each change. Events of accreditations and lists name their actor. Events of DIDs (ERC-1056) do not, but
 * `DidRegistry` lets only the owner write. So the actor is the owner before the event, which at first is the address itself.
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
   * The actor of an event, and whether it heals. For one DID, call it in the chain's order, without omitting an event of the
   * wanted types or a change of the owner.
   */
  async of({ kind, event }: RegistryEvent): Promise<ChangeContext> {
    if (kind !== "did") return { actor: event.actor, heals: false };
    const past = this.#pasts.get(event.identity) ?? (await this.#before(event));
    const actor = past.owner;
    const heals = follow(past, event);
    // A copy, because the cache measures the size only of objects that are new to it.
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

/** Applies one more event of a DID. Returns whether it sets an entry that was revoked before. */
function follow(past: Past, event: DidEvent): boolean {
  if (event.type === "owner") {
    // The zero address deactivates a DID; its last owner stays.
    if (event.owner !== ZERO_ADDRESS) past.owner = event.owner;
    return false;
  }
  const entry = entryOf(event);
  const { entries, counts } = applyEntry(past.entries, entry, event.time);
  past.entries = entries;
  if (!counts) return false;
  // Stored as hashes, because a value has up to 4 096 bytes and the number of revocations is not bounded.
  const id = keccak256(entry.kind === "delegate" ? "0x01" : "0x00", entry.name, entry.value);
  if (entry.validTo !== 0) return past.revoked.delete(id);
  past.revoked.add(id);
  return false;
}
