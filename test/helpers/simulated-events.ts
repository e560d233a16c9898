import { id, keccak256 } from "ethers";
import type { KeyAlgorithm } from "../../resolver/did/key.ts";
import { type Address, type Hash, type Hex, word, ZERO_ADDRESS, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { REGISTRY_OF, type RegistryName, type Subject } from "../../resolver/registry-event.ts";
import { abiEncode } from "./abi-encode.ts";
import { name32 } from "./keys.ts";

export const CHAIN_ID = 31_337;
export const REGISTRIES: Readonly<Record<RegistryName, Address>> = {
  did: `0x${"d1".repeat(20)}`,
  trust: `0x${"a0".repeat(20)}`,
  status: `0x${"b0".repeat(20)}`,
};
export const TIMELOCK: Address = `0x${"c0".repeat(20)}`;
export const RECOVERY: Address = `0x${"c1".repeat(20)}`;
export const SEAT: Address = `0x${"c2".repeat(20)}`;

type To<T> = { readonly identity: number } & T;
type OfGrant<T> = To<{ readonly type: number; readonly number: number } & T>;
type OfList<T> = To<{ readonly list: number } & T>;

/** A write to a registry. Small numbers identify addresses, types and lists. */
export type SimulatedWrite =
  | To<{ readonly do: "attribute" | "delegate"; readonly value: number; readonly validTo: number }>
  | To<{
      readonly do: "key";
      readonly algorithm: Exclude<KeyAlgorithm, "X25519">;
      readonly key: Hex;
      readonly validTo: number;
      /** For assertions unless given. */
      readonly purpose?: "veriKey" | "sigAuth";
    }>
  | To<{ readonly do: "statusDelegate" | "suspendDelegate"; readonly value: number; readonly validTo: number }>
  | To<{ readonly do: "owner"; readonly value: number }>
  | To<{ readonly do: "deactivate" }>
  | {
      readonly do: "role";
      /** Revokes the role if true. */
      readonly take?: boolean;
      readonly role?: Hash;
      /** A small number, or an address. */
      readonly account?: number | Address;
      /** The trust registry unless given. */
      readonly of?: "timelock";
    }
  /** The council's seat is given to the account with a small number. */
  | { readonly do: "holder"; readonly account: number; readonly previous?: number }
  | { readonly do: "type"; readonly type: number }
  /** Below the first grant of this type to the identity `parent`; a root when it is `null`. */
  | To<{ readonly do: "grant"; readonly type: number; readonly parent: number | null }>
  | OfGrant<{ readonly do: "accept" }>
  | OfGrant<{ readonly do: "extend"; readonly notAfter: number }>
  | OfGrant<{ readonly do: "withdraw"; readonly from: number }>
  | OfList<{ readonly do: "list" | "close" }>
  | OfList<{ readonly do: "status"; readonly word: number; readonly bits: readonly [number, number, number] }>
  | OfList<{ readonly do: "checkpoint"; readonly from: number; readonly count: number }>;

/** An event as its contract emits it. */
export interface Emitted {
  readonly registry: RegistryName;
  /** The contract, if it is not the registry. */
  readonly address?: Address;
  /** The subject whose head covers it; `undefined` when no head does. */
  readonly subject?: Subject;
  readonly topics: Hash[];
  readonly data: Hex;
}

/** The actor of every event that has one. */
export const ACTOR: Address = `0x${"ac".repeat(20)}`;

/** The address for a small number. */
export function simulatedIdentity(number: number): Address {
  return `0x${(number + 1).toString(16).padStart(40, "0")}`;
}

/** The id of an identity's list, by small numbers. */
export function simulatedList(identity: number, list: number): Hash {
  return keccak256(abiEncode(["address", "uint256"], [simulatedIdentity(identity), list])) as Hash;
}

export function typeUri(type: number): string {
  return `https://types.example/${type}`;
}

export function typeIdOf(type: number): Hash {
  return id(typeUri(type)) as Hash;
}

/** The id of a grant, by the small numbers of its subject and type; of the first root unless given. */
export function simulatedGrant(grant: { identity: number; type: number; parent?: Hash; number?: number }): Hash {
  const { identity, type, parent = ZERO_HASH, number = 0 } = grant;
  const values = [typeIdOf(type), simulatedIdentity(identity), parent, number];
  return keccak256(abiEncode(["bytes32", "address", "bytes32", "uint256"], values)) as Hash;
}

const topicOfSignature = new Map<string, Hash>();

export function topicOf(signature: string): Hash {
  const topic = topicOfSignature.get(signature) ?? (id(signature) as Hash);
  topicOfSignature.set(signature, topic);
  return topic;
}

/** An event of a subject; the actor is topic 2, except for DIDs. */
export function event(subject: Subject, signature: string, types: string[] = [], values: unknown[] = []): Emitted {
  const topics = [topicOf(signature), word(subject.id), ...(subject.kind === "did" ? [] : [word(ACTOR)])];
  return { registry: REGISTRY_OF[subject.kind], subject, topics, data: abiEncode(types, values) };
}

type DidWrite = SimulatedWrite & {
  do: "attribute" | "key" | "delegate" | "statusDelegate" | "suspendDelegate" | "owner" | "deactivate";
};

export function didEvent(write: DidWrite, identity: Address, previous: number): Emitted {
  const emit = (signature: string, types: string[], values: unknown[]) =>
    event({ kind: "did", id: identity }, signature, [...types, "uint256"], [...values, previous]);
  switch (write.do) {
    case "attribute": {
      const value = `0x${"ab".repeat(write.value % 70)}`;
      const types = ["bytes32", "bytes", "uint256"];
      return emit("DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)", types, [
        word(write.value),
        value,
        write.validTo,
      ]);
    }
    case "key": {
      // See `docs/did-method-mapae.md`, "From events to a document".
      const types = ["bytes32", "bytes", "uint256"];
      return emit("DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)", types, [
        name32(`did/pub/${write.algorithm}/${write.purpose ?? "veriKey"}`),
        write.key,
        write.validTo,
      ]);
    }
    case "delegate":
    case "statusDelegate":
    case "suspendDelegate": {
      const type = { delegate: word(7), statusDelegate: name32("status"), suspendDelegate: name32("suspend") }[
        write.do
      ];
      const values = [type, simulatedIdentity(write.value), write.validTo];
      return emit(
        "DIDDelegateChanged(address,bytes32,address,uint256,uint256)",
        ["bytes32", "address", "uint256"],
        values,
      );
    }
    case "owner":
      return emit("DIDOwnerChanged(address,address,uint256)", ["address"], [simulatedIdentity(write.value)]);
    case "deactivate":
      return emit("DIDOwnerChanged(address,address,uint256)", ["address"], [ZERO_ADDRESS]);
  }
}
