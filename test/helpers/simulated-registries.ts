import { concat, keccak256 } from "ethers";
import { type Address, type Hash, type Hex, word, ZERO_ADDRESS, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import type { RegistryName, Subject, SubjectKind } from "../../resolver/registry-event.ts";
import { fold, hashOfWords, KIND_DID, KIND_GRANT, KIND_LIST, KIND_ROOT, KIND_TYPE, seed, subjectOf } from "./heads.ts";
import {
  CHAIN_ID,
  didEvent,
  type Emitted,
  event,
  REGISTRIES,
  SEAT,
  type SimulatedWrite,
  simulatedGrant,
  simulatedIdentity,
  simulatedList,
  TIMELOCK,
  topicOf,
  typeIdOf,
  typeUri,
} from "./simulated-events.ts";

const LIST_SIZE = 131_072;
const NOT_BEFORE = 1_600_000_000;
const NOT_AFTER = 4_000_000_000;

/** A registry's heads and root. */
export interface Heads {
  readonly root: string;
  readonly heads: ReadonlyMap<string, string>;
}

interface Grant {
  readonly accepted: boolean;
  readonly notAfter: number;
  readonly end: number;
}

interface List {
  readonly closed: boolean;
  readonly words: ReadonlyMap<number, readonly [revoked: bigint, suspended: bigint]>;
}

/** The state of the contracts besides heads and roots. */
interface Held {
  /** The block of each identity's last change. */
  readonly changed: Map<Address, number>;
  readonly deactivated: Set<Address>;
  readonly types: Set<number>;
  readonly grants: Map<Hash, Grant>;
  /** The ids of the grants to each identity, by type. */
  readonly grantIds: Map<string, readonly Hash[]>;
  readonly lists: Map<Hash, List>;
}

const NOTHING: Held = {
  changed: new Map(),
  deactivated: new Set(),
  types: new Set(),
  grants: new Map(),
  grantIds: new Map(),
  lists: new Map(),
};

/**
 * The storage of all registries after a block. Events are encoded by ethers; heads and roots are computed by the specification
 * in `IHeads`, not by the code under test.
 */
export class SimulatedRegistries {
  readonly registries: Record<RegistryName, Heads>;
  readonly #held: Held;

  /** @param before storage to start from, which is copied. */
  constructor(before?: SimulatedRegistries) {
    const empty = (name: RegistryName): Heads => ({
      root: seed(contract(name), KIND_ROOT, ZERO_HASH),
      heads: new Map(),
    });
    this.#held = structuredClone(before === undefined ? NOTHING : before.#held);
    this.registries = before
      ? { ...before.registries }
      : { did: empty("did"), trust: empty("trust"), status: empty("status") };
  }

  /** Makes a write in a block; `undefined` when the contract would refuse it. */
  write(write: SimulatedWrite, { number, time }: { number: number; time: number }): Emitted | undefined {
    const emitted = this.#emit(write, number);
    if (emitted?.subject === undefined) return emitted;
    const { registry, subject, topics, data } = emitted;
    const { heads, root } = this.registries[registry];
    const key = topics[1] as Hash;
    const before = heads.get(key) ?? seed(contract(registry), HEAD_KINDS[subject.kind], key);
    const head = fold(before, { topics, data, block: BigInt(number), time: BigInt(time) });
    this.registries[registry] = {
      heads: new Map(heads).set(key, head),
      root: hashOfWords(root, head),
    };
    return emitted;
  }

  #emit(write: SimulatedWrite, block: number): Emitted | undefined {
    switch (write.do) {
      case "attribute":
      case "key":
      case "delegate":
      case "statusDelegate":
      case "suspendDelegate":
      case "owner":
      case "deactivate": {
        const identity = simulatedIdentity(write.identity);
        if (this.#held.deactivated.has(identity)) return undefined;
        const previous = this.#held.changed.get(identity) ?? 0;
        this.#held.changed.set(identity, block);
        if (write.do === "deactivate") this.#held.deactivated.add(identity);
        return didEvent(write, identity, previous);
      }
      case "role": {
        const { take = false, role = word(1), account = 2, of } = write;
        const who = typeof account === "number" ? simulatedIdentity(account) : account;
        const signature = `Role${take ? "Revoked" : "Granted"}(bytes32,address,address)`;
        const topics = [topicOf(signature), role, word(who), word(3)];
        return { registry: "trust", ...(of && { address: TIMELOCK }), topics, data: "0x" };
      }
      case "holder": {
        const previous = write.previous === undefined ? ZERO_ADDRESS : simulatedIdentity(write.previous);
        const topics = [
          topicOf("HolderReplaced(address,address)"),
          word(previous),
          word(simulatedIdentity(write.account)),
        ];
        return { registry: "trust", address: SEAT, topics, data: "0x" };
      }
      case "type": {
        if (this.#held.types.has(write.type)) return undefined;
        this.#held.types.add(write.type);
        const subject: Subject = { kind: "type", id: typeIdOf(write.type) };
        const values = [typeUri(write.type), "https://types.example/schema", word(7)];
        const types = ["string", "string", "bytes32"];
        return event(subject, "TypeAdded(bytes32,address,string,string,bytes32)", types, values);
      }
      case "grant": {
        if (!this.#held.types.has(write.type)) return undefined;
        const parent =
          write.parent === null ? ZERO_HASH : this.#grantId({ ...write, identity: write.parent, number: 0 });
        if (parent === undefined) return undefined;
        const { identity, type } = write;
        const ids = this.#held.grantIds.get(`${identity} ${type}`) ?? [];
        const number = ids.length;
        const grant = simulatedGrant({ identity, type, parent, number });
        this.#held.grantIds.set(`${identity} ${type}`, [...ids, grant]);
        this.#held.grants.set(grant, { accepted: false, notAfter: NOT_AFTER, end: Number.POSITIVE_INFINITY });
        return event(
          { kind: "grant", id: grant },
          "Granted(bytes32,address,bytes32,address,uint256,bytes32,uint256,uint256,bool,string)",
          ["bytes32", "address", "uint256", "bytes32", "uint256", "uint256", "bool", "string"],
          [
            typeIdOf(write.type),
            simulatedIdentity(write.identity),
            number,
            parent,
            NOT_BEFORE,
            NOT_AFTER,
            true,
            "행정안전부",
          ],
        );
      }
      case "accept": {
        const found = this.#grant(write);
        if (found === undefined || found.grant.accepted) return undefined;
        const { key, grant } = found;
        this.#held.grants.set(key, { ...grant, accepted: true });
        return event({ kind: "grant", id: key }, "Accepted(bytes32,address)");
      }
      case "extend": {
        const found = this.#grant(write);
        if (!found?.grant.accepted || write.notAfter <= found.grant.notAfter) return undefined;
        const { key, grant } = found;
        this.#held.grants.set(key, { ...grant, notAfter: write.notAfter });
        return event({ kind: "grant", id: key }, "Extended(bytes32,address,uint48)", ["uint48"], [write.notAfter]);
      }
      case "withdraw": {
        const found = this.#grant(write);
        if (found === undefined) return undefined;
        const { key, grant } = found;
        if (write.from < NOT_BEFORE || write.from >= Math.min(grant.notAfter, grant.end)) return undefined;
        this.#held.grants.set(key, { ...grant, end: write.from });
        return event({ kind: "grant", id: key }, "Withdrawn(bytes32,address,uint256)", ["uint256"], [write.from]);
      }
      default:
        return this.#emitStatus(write);
    }
  }

  #grant(of: { identity: number; type: number; number: number }): { key: Hash; grant: Grant } | undefined {
    const key = this.#grantId(of);
    const grant = key === undefined ? undefined : this.#held.grants.get(key);
    return key === undefined || grant === undefined ? undefined : { key, grant };
  }

  #grantId({ identity, type, number }: { identity: number; type: number; number: number }): Hash | undefined {
    return this.#held.grantIds.get(`${identity} ${type}`)?.[number];
  }

  #emitStatus(write: SimulatedWrite & { do: "list" | "close" | "status" | "checkpoint" }): Emitted | undefined {
    const key = simulatedList(write.identity, write.list);
    const list = this.#held.lists.get(key);
    const subject: Subject = { kind: "list", id: key };
    if (write.do === "list") {
      if (list !== undefined) return undefined;
      this.#held.lists.set(key, { closed: false, words: new Map() });
      return event(
        subject,
        "ListCreated(bytes32,address,address,uint256,uint256,bytes32,string)",
        ["address", "uint256", "uint256", "bytes32", "string"],
        [simulatedIdentity(write.identity), write.list, LIST_SIZE, typeIdOf(0), "https://lists.example"],
      );
    }
    if (list === undefined) return undefined;
    switch (write.do) {
      case "close":
        if (list.closed) return undefined;
        this.#held.lists.set(key, { ...list, closed: true });
        return event(subject, "ListClosed(bytes32,address)");
      case "status": {
        const [revoke, suspend, reinstate] = write.bits.map((bit) => 1n << BigInt(bit)) as [bigint, bigint, bigint];
        if (suspend === reinstate) return undefined;
        const [revoked, suspended] = list.words.get(write.word) ?? [0n, 0n];
        const words = new Map(list.words).set(write.word, [revoked | revoke, (suspended | suspend) & ~reinstate]);
        this.#held.lists.set(key, { ...list, words });
        const types = ["bytes32", "tuple(uint256,uint256,uint256,uint256)[]"];
        const values = [word(9), [[write.word, revoke, suspend, reinstate]]];
        return event(
          subject,
          "StatusChanged(bytes32,address,bytes32,(uint256,uint256,uint256,uint256)[])",
          types,
          values,
        );
      }
      case "checkpoint": {
        const held = Array.from({ length: write.count }, (_, at) => list.words.get(write.from + at) ?? [0n, 0n]);
        const hash = keccak256(concat(held.flat().map(word)));
        return event(
          subject,
          "Checkpoint(bytes32,address,bytes32,uint256,bool,uint256,uint256,bytes32)",
          ["bytes32", "uint256", "bool", "uint256", "uint256", "bytes32"],
          [typeIdOf(0), LIST_SIZE, list.closed, write.from, write.count, hash],
        );
      }
    }
  }
}

function contract(name: RegistryName) {
  return { chainId: BigInt(CHAIN_ID), address: REGISTRIES[name] };
}

const HEAD_KINDS: Readonly<Record<SubjectKind, bigint>> = {
  did: KIND_DID,
  type: KIND_TYPE,
  grant: KIND_GRANT,
  list: KIND_LIST,
};

/** A subject's head in a registry's storage; `undefined` when it was never written. */
export function headIn(storage: SimulatedRegistries, registry: RegistryName, subject: Hex): Hash | undefined {
  const key = registry === "did" ? subjectOf(subject) : subject;
  return storage.registries[registry].heads.get(key) as Hash | undefined;
}
