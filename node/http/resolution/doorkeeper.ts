import type { Address } from "../../../resolver/primitives/hex.ts";

/** Ranges of an address's hex digits: those that determine its slot, and those that are stored there as its mark. */
const PLACE = { from: 2, to: 5 };
const MARK = { from: 5, to: 13 };

/**
 * Remembers which identities were requested recently, in four bytes each. A cache that admits only documents that were
 * requested before keeps its content while a client reads a whole network once (Einziger, Friedman and Manes, "TinyLFU: A
 * Highly Efficient Cache Admission Policy", section 3.4.2).
 */
export class Doorkeeper {
  readonly #marks = new Uint32Array(16 ** (PLACE.to - PLACE.from));

  /**
   * Whether an identity was requested before and no other one has overwritten its slot since; records this request.
   * Addresses with equal first eleven digits are not distinguished, so that a document may be cached after one request.
   */
  cameBefore(address: Address): boolean {
    const place = Number.parseInt(address.slice(PLACE.from, PLACE.to), 16);
    const mark = Number.parseInt(address.slice(MARK.from, MARK.to), 16);
    const came = this.#marks[place] === mark;
    this.#marks[place] = mark;
    return came;
  }
}
