import { encodeAttributeName } from "../../../cli/did/change.ts";
import type { TimedLog } from "../../../node/chain/follow-event.ts";
import { Indexer } from "../../../node/index/indexer.ts";
import type { BlockRef } from "../../../node/index/recent-blocks.ts";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { IndexStore } from "../../../node/store/store.ts";
import { DID_TOPICS } from "../../../resolver/did/decode-log.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { type Address, word, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import { pointsFrom } from "../serving/points.ts";

const DIDS_A_BLOCK = 100;
const KEY_NAME = encodeAttributeName("did/pub/P256/veriKey");
const REGISTRY: Address = `0x${"d1".repeat(20)}`;
const contract = (byte: string) => ({ address: `0x${byte.repeat(20)}` as Address, codeHash: ZERO_HASH });

/**
 * A network without a chain, because writing a chain with so many events takes too long. Its logs have the form of the
 * contract's.
 */
export const network: NetworkDescriptor = {
  version: 1,
  name: "local",
  chainId: 31_337,
  genesisHash: ZERO_HASH,
  consensus: { kind: "none" },
  finality: { kind: "instant" },
  deployments: [
    {
      fromBlock: 1,
      forwarder: contract("f0"),
      timelock: contract("f1"),
      recovery: contract("f2"),
      seat: contract("f3"),
      registries: { did: contract("d1"), trust: contract("d2"), status: contract("d3") },
      slots: { heads: 0, root: 1, identities: 2 },
    },
  ],
  previous: null,
  signatures: [],
};

/** The `at`th DID; the DIDs are spread over the key space. */
export function identityAt(at: number): Address {
  return `0x${keccak256(at).slice(-40)}`;
}

/** A pseudo-random number below `dids`, always the same for the same `at`. */
export function anyOf(at: number, dids: number): number {
  return Number.parseInt(keccak256(at).slice(2, 14), 16) % dids;
}

export function didAt(at: number): string {
  return formatDid(network.name, identityAt(at));
}

/** Opens an index of this network on disk. */
export async function openIndex(folder: string): Promise<{ store: IndexStore; indexer: Indexer }> {
  return openIndexOn(await openLevel(folder));
}

/** Opens an index of this network on an open database, which the store closes. */
export async function openIndexOn(database: Database): Promise<{ store: IndexStore; indexer: Indexer }> {
  const store = await IndexStore.open(database, network);
  return { store, indexer: new Indexer({ store, network }) };
}

/** The logs in which `count` DIDs, beginning with number `first`, each write one key, and the last block of these logs. */
export function range(first: number, count: number): { block: BlockRef; logs: TimedLog[] } {
  const logs = pointsFrom(first, count).map((key, at) => {
    const did = first + at;
    const place = { block: Math.floor(did / DIDS_A_BLOCK) + 1, logIndex: did % DIDS_A_BLOCK };
    return keyLog({ identity: identityAt(did), key, place, previous: 0 });
  });
  return { block: blockAt(Math.floor((first + count - 1) / DIDS_A_BLOCK) + 1), logs };
}

/** The logs in which one DID writes a key in each of the blocks 1 to `count`. */
export function keysOfOneDid(count: number): { block: BlockRef; logs: TimedLog[] }[] {
  return pointsFrom(0, count).map((key, at) => {
    const place = { block: at + 1, logIndex: 0 };
    return { block: blockAt(place.block), logs: [keyLog({ identity: identityAt(0), key, place, previous: at })] };
  });
}

function blockAt(number: number): BlockRef {
  return { number, hash: word(number), time: 1_800_000_000 + number };
}

interface KeyWrite {
  readonly identity: Address;
  /** A compressed point, in hex digits. */
  readonly key: string;
  readonly place: { readonly block: number; readonly logIndex: number };
  /** The block of the DID's change before this one, or 0. */
  readonly previous: number;
}

function keyLog({ identity, key, place: { block, logIndex }, previous }: KeyWrite): TimedLog {
  const { number, hash, time } = blockAt(block);
  // The name, the offset of the value, the end of validity, the previous change; then the value, 33 bytes.
  const words = [
    KEY_NAME,
    word(128),
    word(4_000_000_000),
    word(previous),
    word(33),
    `0x${key.slice(0, 64)}`,
    `0x${key.slice(64).padEnd(64, "0")}`,
  ];
  return {
    log: {
      address: REGISTRY,
      topics: [DID_TOPICS.attribute, word(identity)],
      data: `0x${words.map((one) => one.slice(2)).join("")}`,
      blockNumber: number,
      blockHash: hash,
      transactionHash: keccak256(DIDS_A_BLOCK * (block - 1) + logIndex),
      logIndex,
    },
    time,
  };
}
