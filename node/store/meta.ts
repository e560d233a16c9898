import { NetworkMismatchError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES } from "../../resolver/registry-event.ts";
import { REGISTRY_TITLES, type Registries, registriesOf } from "../index/roots.ts";
import type { CheckedDatabase, Reader } from "./checked-database.ts";
import { META_KEY, SCHEMA_VERSION } from "./keys.ts";
import { decode, json } from "./records/codec.ts";
import { REBUILD, StoreError } from "./store-error.ts";

/** The network whose data a directory holds, and the schema version. */
export interface Meta {
  readonly schemaVersion: number;
  readonly network: string;
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly registries: Registries;
  /** Present while a restore into the directory has not ended. */
  readonly unfinished?: "restore";
}

/** The record that says whose data a directory holds. */
export const META = json<Meta>();

export function metaOf(network: NetworkDescriptor): Meta {
  const { name, chainId, genesisHash } = network;
  return { schemaVersion: SCHEMA_VERSION, network: name, chainId, genesisHash, registries: registriesOf(network) };
}

/**
 * Reads this record of any schema version; `undefined` when the database is empty.
 * @throws StoreError STORE_CORRUPT when the database has entries but no such record, or an altered one.
 */
export async function readMeta(database: Reader): Promise<Meta | undefined> {
  const digits = database.get(META_KEY);
  if (digits !== undefined) return decode(META, digits);
  if (await database.isEmpty()) return undefined;
  // No advice to remove it, as other damage has: it may be the only record of an issuer's indexes.
  throw new StoreError(
    "STORE_CORRUPT",
    "The data directory has entries, but no record of their network: it is another program's, or damaged. " +
      "Set MAPAE_DATA_DIR to a directory of the node's own; remove this one only if nothing but a node wrote to it",
  );
}

/**
 * Makes an empty database that of a network, or checks that it is.
 * @throws StoreError; NetworkMismatchError naming both values.
 */
export async function claim(database: CheckedDatabase, network: NetworkDescriptor): Promise<void> {
  const meta = await readMeta(database);
  if (meta === undefined) await writeMeta(database, metaOf(network));
  else expectMeta(meta, network);
}

/** @throws StoreError */
export function writeMeta(database: CheckedDatabase, meta: Meta): Promise<void> {
  return database.write([[META_KEY, META.write(meta)]], { sync: true });
}

/**
 * Checks that this node can use a directory for this network.
 * @throws StoreError SCHEMA_VERSION or STORE_UNFINISHED; NetworkMismatchError naming both values.
 */
export function expectMeta(stored: Meta, network: NetworkDescriptor): void {
  expectReadable(stored);
  expectNetwork(stored, network, "The data directory");
}

/** @throws StoreError SCHEMA_VERSION or STORE_UNFINISHED */
export function expectReadable({ schemaVersion, unfinished }: Meta): void {
  if (schemaVersion !== SCHEMA_VERSION) {
    const advice =
      schemaVersion > SCHEMA_VERSION
        ? `use that version again, or ${REBUILD}`
        : "start the node, which keeps it under another name and reads everything from the chain again";
    throw new StoreError(
      "SCHEMA_VERSION",
      `The data directory has schema version ${schemaVersion}, this is Mapae with schema version ${SCHEMA_VERSION}: ${advice}`,
    );
  }
  if (unfinished === undefined) return;
  throw new StoreError(
    "STORE_UNFINISHED",
    "A restore into the data directory was interrupted: run it again, or remove the directory",
  );
}

/**
 * @param what names the holder of the data in the message.
 * @throws NetworkMismatchError naming both values.
 */
export function expectNetwork(stored: Meta, network: NetworkDescriptor, what: string): void {
  const facts = (meta: Meta) => ({
    network: meta.network,
    "chain id": meta.chainId,
    "genesis hash": meta.genesisHash,
    ...Object.fromEntries(REGISTRY_NAMES.map((name) => [REGISTRY_TITLES[name], meta.registries[name]])),
  });
  const held = new Map<string, unknown>(Object.entries(facts(stored)));
  for (const [fact, want] of Object.entries(facts(metaOf(network)))) {
    const got = held.get(fact);
    // Older versions named fewer registries.
    if (got === want || got === undefined) continue;
    throw new NetworkMismatchError(
      `${what} is of another network: its ${fact} is ${got}, the descriptor's is ${want}. ` +
        "Give each network a directory of its own (MAPAE_DATA_DIR), or remove the directory of a network that no longer exists",
    );
  }
}
