import { hexlify, Interface, isHexString, toUtf8Bytes } from "ethers";
import { didRegistryAbi } from "../../resolver/abi.ts";
import { applyDidEvent, type DidState } from "../../resolver/did/apply-event.ts";
import { type DidEvent, decodeDidLog } from "../../resolver/did/decode-log.ts";
import { type Address, type Hash, type Hex, word } from "../../resolver/primitives/hex.ts";
import { name32 } from "./keys.ts";

/**
 * An event in the format of vectors: in `block`, at `time` (Unix seconds). A name is text, or 32 bytes in hex; a value is text,
 * or bytes in hex. `validTo` 0 is a revocation.
 */
export type VectorEvent = { readonly block: number; readonly time: number } & (
  | { readonly attribute: string; readonly value: string; readonly validTo: number }
  | { readonly delegate: string; readonly type: string; readonly validTo: number }
  | { readonly owner: string }
);

/** The identity of the events. */
export interface VectorIdentity {
  readonly did: string;
  readonly chainId: number;
  readonly registry: string;
}

const registryInterface = new Interface(didRegistryAbi);

/** The events of one identity, decoded by the library from logs that ethers encoded. */
export function eventsOfVector({ did, registry }: VectorIdentity, events: readonly VectorEvent[]): DidEvent[] {
  const identity = did.slice(-42);
  return events.map((event, index) => {
    const previous = events[index - 1]?.block ?? 0;
    const [name, args] =
      "attribute" in event
        ? (["DIDAttributeChanged", [nameOf(event.attribute), bytesOf(event.value), event.validTo]] as const)
        : "delegate" in event
          ? (["DIDDelegateChanged", [nameOf(event.type), event.delegate, event.validTo]] as const)
          : (["DIDOwnerChanged", [event.owner]] as const);
    const { topics, data } = registryInterface.encodeEventLog(name, [identity, ...args, previous]);
    const log = {
      address: registry as Address,
      topics: topics as Hash[],
      data: data as Hex,
      blockNumber: event.block,
      blockHash: word(event.block),
      transactionHash: word(index),
      logIndex: index,
    };
    return decodeDidLog(log, event.time);
  });
}

/** The state after some events. */
export function stateOfVector(identity: VectorIdentity, events: readonly VectorEvent[]): DidState {
  const state = eventsOfVector(identity, events).reduce<DidState | undefined>(
    (before, event) => applyDidEvent(before, event, identity.chainId),
    undefined,
  );
  if (state === undefined) throw new Error("a vector without events");
  return state;
}

function nameOf(text: string): string {
  return isHexString(text, 32) ? text : name32(text);
}

function bytesOf(text: string): string {
  return isHexString(text) ? text : hexlify(toUtf8Bytes(text));
}
