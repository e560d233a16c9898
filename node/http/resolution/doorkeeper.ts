import type { Address } from "../../../resolver/primitives/hex.ts";

/** Hex digits of an address that name its place, and those behind them by which it is known there. */
const PLACE = { from: 2, to: 5 };
const MARK = { from: 5, to: 13 };

/**
 * Remembers which identities were asked for lately, in four bytes each. A cache that keeps only what was asked for before keeps its
 * contents while a client reads a whole network once, and what is made for that client is short-lived garbage (Einziger, Friedman
 * and Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", section 3.4.2).
 */
export class Doorkeeper {
  readonly #marks = new Uint32Array(16 ** (PLACE.to - PLACE.from));

  /**
   * Whether an identity was asked for since another one took its place; from now on it was. Of two addresses whose first eleven
   * digits are equal it can't tell one from the other: then something is kept that was asked for once.
   */
  cameBefore(address: Address): boolean {
    const place = Number.parseInt(address.slice(PLACE.from, PLACE.to), 16);
    const mark = Number.parseInt(address.slice(MARK.from, MARK.to), 16);
    const came = this.#marks[place] === mark;
    this.#marks[place] = mark;
    return came;
  }
}
