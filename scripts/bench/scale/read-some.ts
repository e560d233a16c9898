import type { LiveIndex } from "../../../node/index/live-index.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { anyOf, identityAt } from "./chain.ts";

/** Reads the states of DIDs that are spread over an index, the same ones each time. */
export function readSome(index: Pick<LiveIndex, "state">, dids: number, times: number): void {
  for (let at = 0; at < times; at++) {
    const id = someIdentity(at, dids);
    if (index.state("did", id)?.events !== 1) throw new Error(`The index has no event of ${id}`);
  }
}

/** The identity of the read with number `at`. */
export function someIdentity(at: number, dids: number): Address {
  return identityAt(anyOf(at, dids));
}
