import { type Address, type Hash, word } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";

/** Most grants that a DID accepted of one type which are proven; see `MAX_GRANTS` of the evidence. */
export const MAX_ACCEPTED_GRANTS = 256;

/** Whose accepted grants, and of which type. */
export interface AccreditationId {
  readonly subject: Address;
  readonly typeId: Hash;
}

/**
 * The storage slots of a DID's accepted grants of a type: `mapping(typeId => mapping(subject => bytes32[]))` at slot `mapping`
 * (Solidity, "Layout of State Variables in Storage"). The first holds how many there are, each other one an id.
 */
export function acceptedSlots({ subject, typeId }: AccreditationId, mapping: number) {
  const length = keccak256(word(subject), keccak256(typeId, mapping));
  const first = BigInt(keccak256(length));
  // Past the last slot the numbers begin again.
  return { length, item: (at: number): Hash => word((first + BigInt(at)) % 2n ** 256n) };
}
