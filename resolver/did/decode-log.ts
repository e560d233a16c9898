import type { Log } from "../chain/chain-reader.ts";
import { asAddress, asNumber, bytesAt, expectWords, impossible, wordAt } from "../chain/log-data.ts";
import type { Address, Hash, Hex } from "../primitives/hex.ts";
import { keccak256Text } from "../primitives/keccak.ts";

/** Largest size of an attribute's value, in bytes; `DidRegistry.MAX_VALUE_BYTES`. */
export const MAX_VALUE_BYTES = 4_096;

/** What every event of the DID registry has. */
interface DidEventBase {
  readonly identity: Address;
  /** Block of the identity's previous change; 0 at the first. */
  readonly previousChange: number;
  readonly block: number;
  /** Unix time of the block, in seconds. */
  readonly time: number;
  /** The decoded log: heads are hashes of its exact bytes. */
  readonly log: Log;
}

/** The identity has a new owner; the zero address deactivates it forever. */
export interface OwnerChanged extends DidEventBase {
  readonly type: "owner";
  readonly owner: Address;
}

/** A delegate was added or revoked. `validTo` is the last valid second in Unix time; 0 when revoked. */
export interface DelegateChanged extends DidEventBase {
  readonly type: "delegate";
  readonly delegateType: Hash;
  readonly delegate: Address;
  readonly validTo: number;
}

/** An attribute was set or revoked. `validTo` is the last valid second in Unix time; 0 when revoked. */
export interface AttributeChanged extends DidEventBase {
  readonly type: "attribute";
  readonly name: Hash;
  readonly value: Hex;
  readonly validTo: number;
}

/** An event of the DID registry (ERC-1056). */
export type DidEvent = OwnerChanged | DelegateChanged | AttributeChanged;

/** Topic 0 of each event of the DID registry. */
export const DID_TOPICS = {
  owner: keccak256Text("DIDOwnerChanged(address,address,uint256)"),
  delegate: keccak256Text("DIDDelegateChanged(address,bytes32,address,uint256,uint256)"),
  attribute: keccak256Text("DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)"),
} as const;

/**
 * Reads a log of the DID registry by the fixed offsets of the ABI encoding; a general decoder is 100 times slower, and
 * a node decodes every event of a network.
 *
 * @param time Unix time of the log's block, in seconds.
 * @throws ChainDataError for a log that the contract can't have emitted.
 */
export function decodeDidLog(log: Log, time: number): DidEvent {
  const [topic0, subject, ...rest] = log.topics;
  if (subject === undefined || rest.length > 0) throw impossible(log, "it has no single subject");
  const base = { identity: asAddress(log, subject), block: log.blockNumber, time, log };
  switch (topic0) {
    case DID_TOPICS.owner:
      expectWords(log, 2);
      return {
        type: "owner",
        ...base,
        owner: asAddress(log, wordAt(log, 0)),
        previousChange: asNumber(log, wordAt(log, 1)),
      };
    case DID_TOPICS.delegate:
      expectWords(log, 4);
      return {
        type: "delegate",
        ...base,
        delegateType: wordAt(log, 0),
        delegate: asAddress(log, wordAt(log, 1)),
        validTo: asNumber(log, wordAt(log, 2)),
        previousChange: asNumber(log, wordAt(log, 3)),
      };
    case DID_TOPICS.attribute: {
      const { value, end } = bytesAt(log, 1, 4, MAX_VALUE_BYTES);
      expectWords(log, end);
      return {
        type: "attribute",
        ...base,
        name: wordAt(log, 0),
        value,
        validTo: asNumber(log, wordAt(log, 2)),
        previousChange: asNumber(log, wordAt(log, 3)),
      };
    }
    default:
      throw impossible(log, `topic 0 is ${topic0}`);
  }
}
