import type { Slot } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError } from "../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import { HEAD_KIND, headSeed } from "../../resolver/primitives/head.ts";
import { type Address, type Hash, word, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES, type RegistryName } from "../../resolver/registry-event.ts";

/** The values of the registries' root slots at a block. */
export type Roots = Readonly<Record<RegistryName, Hash>>;

/** Titles of the registries in messages. */
export const REGISTRY_TITLES: Readonly<Record<RegistryName, string>> = {
  did: "DID registry",
  trust: "trust registry",
  status: "status registry",
};

/** The addresses of the registries' contracts. */
export type Registries = Readonly<Record<RegistryName, Address>>;

export function registriesOf(network: NetworkDescriptor): Registries {
  const { did, trust, status } = currentDeployment(network).registries;
  return { did: did.address, trust: trust.address, status: status.address };
}

/** The contracts whose logs are indexed. */
export function registryAddresses(network: NetworkDescriptor): Address[] {
  return Object.values(registriesOf(network));
}

/** The storage slots of their roots, in the order that {@link rootsOf} reads. */
export function rootSlots(network: NetworkDescriptor): Slot[] {
  const slot = word(currentDeployment(network).slots.root);
  return REGISTRY_NAMES.map((name) => ({ address: registriesOf(network)[name], slot }));
}

/**
 * The roots from the values of {@link rootSlots}, or `null` while not all registries are deployed: a constructor writes the
 * first root.
 * @throws ChainDataError when a value is missing.
 */
export function rootsOf(values: readonly Hash[]): Roots | null {
  const [did, trust, status, ...rest] = values;
  if (did === undefined || trust === undefined || status === undefined || rest.length > 0) {
    throw new ChainDataError(`The chain gave ${values.length} values for ${REGISTRY_NAMES.length} root slots`);
  }
  return values.includes(ZERO_HASH) ? null : { did, trust, status };
}

/** The roots before the first event, which the contracts' constructors write. */
export function seedRoots(network: NetworkDescriptor): Roots {
  const { chainId } = network;
  const { did, trust, status } = registriesOf(network);
  const seed = (registry: Address) => headSeed({ chainId, registry }, HEAD_KIND.root);
  return { did: seed(did), trust: seed(trust), status: seed(status) };
}

export function sameRoots(ours: Roots, theirs: Roots): boolean {
  return REGISTRY_NAMES.every((name) => ours[name] === theirs[name]);
}
