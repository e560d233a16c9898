import { LRUCache } from "lru-cache";
import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import { type Address, ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";
import type { HeldIndex } from "../../index/registry-index.ts";
import { MAX_OWNERS } from "../bounds.ts";

/**
 * Who made each change. Events of accreditations and lists name their actor. Those of DIDs (ERC-1056) do not, but only the
 * owner can write one (`DidRegistry`, the gate of every write): so it was the owner before it, at first the address itself.
 */
export class Actors {
  readonly #index: HeldIndex;
  readonly #owners = new LRUCache<Address, Address>({ max: MAX_OWNERS });

  constructor(index: HeldIndex) {
    this.#index = index;
  }

  /** The actor of an event; of one DID they have to be asked for in the chain's order. */
  async of({ kind, event }: RegistryEvent): Promise<Address> {
    if (kind !== "did") return event.actor;
    const owner = this.#owners.get(event.identity) ?? (await this.#ownerBefore(event));
    this.#owners.set(event.identity, ownerAfter(event, owner));
    return owner;
  }

  async #ownerBefore({ identity, previousChange, log }: DidEvent): Promise<Address> {
    // The identity's first event.
    if (previousChange === 0) return identity;
    let owner = identity;
    for await (const events of this.#index.history({ subject: { kind: "did", id: identity }, to: log.blockNumber })) {
      for (const { kind, event } of events) {
        const isBefore = event.block < log.blockNumber || event.log.logIndex < log.logIndex;
        if (kind === "did" && isBefore) owner = ownerAfter(event, owner);
      }
    }
    return owner;
  }
}

/** Who deactivated a DID is its last owner. */
function ownerAfter(event: DidEvent, owner: Address): Address {
  return event.type === "owner" && event.owner !== ZERO_ADDRESS ? event.owner : owner;
}
