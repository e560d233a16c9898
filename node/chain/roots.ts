import type { Slot } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError } from "../../resolver/errors.ts";
import { type Address, type Hash, word } from "../../resolver/hex.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";

/** The values of the registries' root slots at a block. */
export interface Roots {
  readonly did: Hash;
}

/** The contracts whose every log is indexed. */
export function registryAddresses(network: NetworkDescriptor): Address[] {
  return [currentDeployment(network).registries.did.address];
}

/** The storage slots of their roots, in the order that {@link rootsOf} reads. */
export function rootSlots(network: NetworkDescriptor): Slot[] {
  const { registries, slots } = currentDeployment(network);
  return [{ address: registries.did.address, slot: word(slots.root) }];
}

/** @throws ChainDataError when a value is missing. */
export function rootsOf(values: readonly Hash[]): Roots {
  const [did] = values;
  if (did === undefined || values.length > 1) {
    throw new ChainDataError(`The chain gave ${values.length} values for 1 root slot`);
  }
  return { did };
}
