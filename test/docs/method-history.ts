import { AbiCoder, hexlify, id, toUtf8Bytes, zeroPadBytes, zeroPadValue } from "ethers";
import { type DidEvent, decodeDidLog, type Hash, type Hex, type Log, parseDid } from "../../resolver/index.ts";

/** An event in the form of the method specification: times as dates, names and texts as plain text. */
export type ShownEvent = {
  readonly block: number;
  readonly time: string;
  readonly blockHash: Hash;
  readonly logIndex: number;
  readonly previousChange: number;
} & (
  | { readonly event: "DIDOwnerChanged"; readonly owner: string }
  | { readonly event: "DIDDelegateChanged"; readonly delegateType: string; readonly delegate: string; validTo: string }
  | ({ readonly event: "DIDAttributeChanged"; readonly name: string; readonly validTo: string } & ShownValue)
);

/** An attribute's value: bytes in hex, or their text. */
export interface ShownValue {
  readonly value?: Hex;
  readonly text?: string;
}

export interface ShownHistory {
  readonly did: string;
  readonly events: readonly ShownEvent[];
}

const SIGNATURES = {
  DIDOwnerChanged: ["address", "uint256"],
  DIDDelegateChanged: ["bytes32", "address", "uint256", "uint256"],
  DIDAttributeChanged: ["bytes32", "bytes", "uint256", "uint256"],
} as const;

/** The log of a shown event, encoded by ethers, not by the code under test. */
export function logOf(shown: ShownEvent, { did, registry }: { did: string; registry: Hex }): Log {
  const types: readonly string[] = SIGNATURES[shown.event];
  return {
    address: registry,
    topics: [id(`${shown.event}(address,${types.join(",")})`) as Hash, zeroPadValue(parseDid(did).address, 32) as Hash],
    data: AbiCoder.defaultAbiCoder().encode(types, [...argumentsOf(shown), shown.previousChange]) as Hex,
    blockNumber: shown.block,
    blockHash: shown.blockHash,
    transactionHash: `0x${"00".repeat(32)}`,
    logIndex: shown.logIndex,
  };
}

/** The history as the resolver reads it. */
export function eventsOf({ did, events }: ShownHistory, registry: Hex): DidEvent[] {
  return events.map((shown) => decodeDidLog(logOf(shown, { did, registry }), unixTime(shown.time)));
}

/** A name or delegate type: text, padded to 32 bytes. */
export function label(text: string): Hash {
  return zeroPadBytes(toUtf8Bytes(text), 32) as Hash;
}

export function bytesOf({ value, text }: ShownValue): Hex {
  return value ?? (hexlify(toUtf8Bytes(text ?? "")) as Hex);
}

export function unixTime(date: string): number {
  return Date.parse(date) / 1_000;
}

function argumentsOf(shown: ShownEvent): unknown[] {
  switch (shown.event) {
    case "DIDOwnerChanged":
      return [shown.owner];
    case "DIDDelegateChanged":
      return [label(shown.delegateType), shown.delegate, validTo(shown.validTo)];
    case "DIDAttributeChanged":
      return [label(shown.name), bytesOf(shown), validTo(shown.validTo)];
  }
}

function validTo(shown: string): number {
  return shown === "revoked" ? 0 : unixTime(shown);
}
