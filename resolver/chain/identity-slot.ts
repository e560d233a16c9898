import type { Hex } from "../primitives/hex.ts";

/** What the DID registry stores of an identity, besides its delegates. */
export interface StoredIdentity {
  /** Block of its newest change; 0 when it was never written. */
  readonly changed: number;
  /** Unix time of its deactivation; `undefined` while it is not deactivated. */
  readonly deactivatedAt: number | undefined;
}

/**
 * Reads the slot of `DidRegistry.Identity`: from the lowest bits up the owner (160), `changed` (40), `deactivatedAt` (40) and the
 * number of delegates (16). A test of the contracts compares it with the views of a live registry.
 *
 * @param slot a storage value, with or without leading zeros.
 */
export function readIdentitySlot(slot: Hex): StoredIdentity {
  const value = BigInt(slot);
  const deactivatedAt = Number(BigInt.asUintN(40, value >> 200n));
  return {
    changed: Number(BigInt.asUintN(40, value >> 160n)),
    deactivatedAt: deactivatedAt === 0 ? undefined : deactivatedAt,
  };
}
