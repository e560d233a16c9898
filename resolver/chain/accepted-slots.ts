import { type Address, type Hash, word } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";

/** Most grants of one type, accepted by one DID, that a proof covers; see `MAX_GRANTS` of the evidence. */
export const MAX_ACCEPTED_GRANTS = 256;

/** A subject and a credential type: whose accepted grants are meant. */
export interface AccreditationId {
  readonly subject: Address;
  readonly typeId: Hash;
}

/**
 * The storage slots of a DID's accepted grants of a type: `mapping(typeId => mapping(subject => bytes32[]))` at slot `mapping`
 * (Solidity, "Layout of State Variables in Storage"). The first slot holds the number of grants, each further slot the id of
 * one.
 */
export function acceptedSlots({ subject, typeId }: AccreditationId, mapping: number) {
  const length = keccak256(word(subject), keccak256(typeId, mapping));
  const first = BigInt(keccak256(length));
  // Slot numbers wrap around at 2^256.
  return { length, item: (at: number): Hash => word((first + BigInt(at)) % 2n ** 256n) };
}
