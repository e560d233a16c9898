import { NetworkMismatchError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/hex.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { REGISTRY_NAMES } from "../../resolver/registry-event.ts";
import { REGISTRY_TITLES, type Registries, registriesOf } from "../chain/roots.ts";
import { SCHEMA_VERSION } from "./keys.ts";
import { REBUILD, StoreError } from "./store-error.ts";

/** Whose data a directory holds. */
export interface Meta {
  readonly schemaVersion: number;
  readonly network: string;
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly registries: Registries;
}

export function metaOf(network: NetworkDescriptor): Meta {
  const { name, chainId, genesisHash } = network;
  return { schemaVersion: SCHEMA_VERSION, network: name, chainId, genesisHash, registries: registriesOf(network) };
}

/**
 * @throws StoreError SCHEMA_VERSION; NetworkMismatchError naming both values.
 */
export function expectMeta(stored: Meta, network: NetworkDescriptor): void {
  const wanted = metaOf(network);
  if (stored.schemaVersion !== SCHEMA_VERSION) {
    const advice =
      stored.schemaVersion > SCHEMA_VERSION ? "use that version again, or " : "this version can't read it any more: ";
    throw new StoreError(
      "SCHEMA_VERSION",
      `The data directory has schema version ${stored.schemaVersion}, this is Mapae with schema version ` +
        `${SCHEMA_VERSION}: ${advice}${REBUILD}`,
    );
  }
  const facts = (meta: Meta) => ({
    network: meta.network,
    "chain id": meta.chainId,
    "genesis hash": meta.genesisHash,
    ...Object.fromEntries(REGISTRY_NAMES.map((name) => [REGISTRY_TITLES[name], meta.registries[name]])),
  });
  const ours = Object.entries(facts(wanted));
  for (const [index, [what, got]] of Object.entries(facts(stored)).entries()) {
    const want = ours[index]?.[1];
    if (got === want) continue;
    throw new NetworkMismatchError(
      `The data directory is of another network: its ${what} is ${got}, the descriptor's is ${want}. ` +
        "Give each network a directory of its own (MAPAE_DATA_DIR), or remove this one if that network is gone",
    );
  }
}
