import { type AccreditationId, acceptedSlots, MAX_ACCEPTED_GRANTS } from "../chain/accepted-slots.ts";
import { readIdentitySlot } from "../chain/identity-slot.ts";
import { ChainDataError, HistoryIncompleteError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import { headSlot } from "../primitives/head.ts";
import { type Address, type Hash, type Hex, word, ZERO_HASH } from "../primitives/hex.ts";
import {
  applyRegistryEvent,
  decodeRegistryLog,
  type EventOf,
  REGISTRY_OF,
  type RegistryEvent,
  type RegistryName,
  type StateOf,
  type StateReader,
  type SubjectKind,
  type SubjectState,
} from "../registry-event.ts";
import { listIdOf, type StatusChunk, type StatusListState, startAtCheckpoint } from "../status/apply-status-event.ts";
import { TimeSlice } from "../time-slice.ts";
import { accountInState, type ProvenAccount, slotInStorage } from "./account.ts";
import { readCheckpointChunks } from "./checkpoint-chunks.ts";
import type { EnvelopeSubject } from "./envelope.ts";
import { ProofError } from "./proof-error.ts";
import type { TrieNodes } from "./state-trie.ts";

type Checkpoint = NonNullable<EnvelopeSubject["checkpoint"]>;

/** The registries of a network as of one block, as far as an envelope proves them. */
export class ProvenState implements StateReader {
  readonly #network: NetworkDescriptor;
  readonly #stateRoot: Hash;
  readonly #nodes: TrieNodes;
  readonly #accounts = new Map<RegistryName, ProvenAccount>();
  readonly #states = new Map<string, SubjectState["state"] | undefined>();
  readonly #events = new Map<string, readonly RegistryEvent["event"][]>();
  readonly #chunks = new Map<Hash, Map<number, StatusChunk>>();
  readonly #firstChunks = new Map<Hash, ReadonlyMap<number, StatusChunk>>();
  readonly #deactivations = new Map<Address, number | undefined>();
  readonly #accepted = new Map<string, readonly Hash[]>();

  constructor(network: NetworkDescriptor, stateRoot: Hash, nodes: TrieNodes) {
    this.#network = network;
    this.#stateRoot = stateRoot;
    this.#nodes = nodes;
  }

  /**
   * @returns `undefined` for a subject that is proven never to have been written.
   * @throws UnavailableError when the envelope does not cover the subject.
   */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return this.#known(this.#states, kind, id) as StateOf<K> | undefined;
  }

  /** The ids of all subjects of a kind that the envelope covers, including those that are proven never to have been written. */
  ids(kind: SubjectKind): Hex[] {
    const prefix = keyOf(kind, "0x");
    return [...this.#states.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(kind.length + 1) as Hex);
  }

  /**
   * A subject's events, oldest first; for a list that begins with a checkpoint those from it on. Throws as {@link state} does.
   */
  events<K extends SubjectKind>(kind: K, id: Hex): readonly EventOf<K>[] {
    return this.#known(this.#events, kind, id) as readonly EventOf<K>[];
  }

  /** A chunk of a list; `undefined` when it was never written. */
  chunk(list: Hash, index: number): StatusChunk | undefined {
    return this.#chunks.get(list)?.get(index);
  }

  /** A list's chunks by index. */
  chunks(list: Hash): ReadonlyMap<number, StatusChunk> {
    return this.#chunks.get(list) ?? new Map();
  }

  /** A list's chunks at the checkpoint that its {@link events} begin with; none where the events begin with its creation. */
  firstChunks(list: Hash): ReadonlyMap<number, StatusChunk> {
    return this.#firstChunks.get(list) ?? new Map();
  }

  /**
   * Unix time at which a DID was deactivated; `undefined` while it is not.
   * @throws UnavailableError when the envelope does not cover the DID.
   */
  deactivatedAt(address: Address): number | undefined {
    if (this.#deactivations.has(address)) return this.#deactivations.get(address);
    return this.state("did", address)?.deactivated?.time;
  }

  /**
   * Ids of all grants of a type that a DID accepted, in the order of their acceptance; `undefined` when the envelope does not
   * prove the complete list.
   */
  acceptedGrants(accreditation: AccreditationId): readonly Hash[] | undefined {
    return this.#accepted.get(keyOfAccreditation(accreditation));
  }

  /**
   * Adds a subject whose events fold to the head that the state tree holds.
   * @throws ProofError `PROOF_NODE_MISSING`, `PROOF_NODE`, `PROOF_CODE`, `PROOF_HISTORY`, `PROOF_FORMAT`
   */
  async add(subject: EnvelopeSubject): Promise<void> {
    const { kind, events } = subject;
    const id = subject.id as Hex;
    if ((id.length === 42) !== (kind === "did")) throw new ProofError("PROOF_FORMAT", `${id} is no id of a ${kind}`);
    const key = keyOf(kind, id);
    if (this.#states.has(key)) throw twice(`${kind} ${id}`);
    const proven = this.#headOf(kind, id);
    try {
      const folded = await this.#fold(subject, id);
      const head = folded?.head ?? ZERO_HASH;
      if (head !== proven)
        throw history(kind, id, `its ${events.length} events fold to ${head}, the contract holds ${proven}`);
      this.#states.set(key, folded);
    } catch (error) {
      if (error instanceof HistoryIncompleteError || error instanceof ChainDataError)
        throw history(kind, id, error.message, error);
      throw error;
    }
  }

  /** Adds a DID for which only its deactivation is wanted, from the slot of its owner. Throws as {@link add} does. */
  addIdentity(address: Address): void {
    if (this.#deactivations.has(address)) throw twice(`identity ${address}`);
    const { slots } = currentDeployment(this.#network);
    const slot = slotInStorage(this.#account("did"), headSlot(word(address), slots.identities), this.#nodes);
    this.#deactivations.set(address, readIdentitySlot(slot).deactivatedAt);
  }

  /** Adds the list of a DID's accepted grants of a type, from the registry's storage. Throws as {@link add} does. */
  addAccreditation(accreditation: AccreditationId): void {
    const { slots } = currentDeployment(this.#network);
    if (slots.acceptedGrants === undefined) {
      throw new ProofError("PROOF_FORMAT", "The descriptor does not say where the accepted grants are stored");
    }
    const key = keyOfAccreditation(accreditation);
    if (this.#accepted.has(key)) throw twice(`accreditation ${key}`);
    const { length, item } = acceptedSlots(accreditation, slots.acceptedGrants);
    const account = this.#account("trust");
    const count = BigInt(slotInStorage(account, length, this.#nodes));
    if (count > MAX_ACCEPTED_GRANTS) {
      throw new ProofError("PROOF_FORMAT", `The DID accepted ${count} grants, at most ${MAX_ACCEPTED_GRANTS} are read`);
    }
    const ids = Array.from({ length: Number(count) }, (_, at) => slotInStorage(account, item(at), this.#nodes));
    this.#accepted.set(key, ids);
  }

  async #fold({ kind, checkpoint, events }: EnvelopeSubject, id: Hex): Promise<SubjectState["state"] | undefined> {
    const { registries } = currentDeployment(this.#network);
    const addresses = {
      did: registries.did.address,
      trust: registries.trust.address,
      status: registries.status.address,
    };
    const taken: RegistryEvent["event"][] = [];
    let state: SubjectState["state"] | undefined;
    const slice = new TimeSlice();
    for (const { block, time, topics, data } of events) {
      if (slice.isOver) await slice.next();
      // Heads do not cover the position of a log in its block, nor the hashes of its block and transaction.
      const place = { blockNumber: block, blockHash: ZERO_HASH, transactionHash: ZERO_HASH, logIndex: taken.length };
      const log = { address: addresses[REGISTRY_OF[kind]], topics: topics as Hash[], data: data as Hex, ...place };
      const event = decodeRegistryLog(log, time, addresses);
      if (event === undefined || event.kind !== kind || event.id !== id)
        throw history(kind, id, "an event is of another subject");
      taken.push(event.event);
      if (checkpoint !== undefined && taken.length === 1) {
        if (event.kind !== "list" || event.event.type !== "checkpoint")
          throw history(kind, id, "its first event is no checkpoint");
        const chunks = await readCheckpointChunks(checkpoint, event.event.size);
        state = {
          ...startAtCheckpoint(checkpoint.prior as Hash, event.event, chunks),
          origin: originOf(checkpoint, id),
        };
        this.#chunks.set(id, chunks);
        this.#firstChunks.set(id, new Map(chunks));
        continue;
      }
      const before = state;
      const known: StateReader = {
        state: <K extends SubjectKind>() => before as StateOf<K> | undefined,
        chunk: (list, index) => this.chunk(list, index),
      };
      const step = applyRegistryEvent(known, event, this.#network.chainId);
      state = step.after.state;
      if (step.chunks.size > 0) this.#setChunks(id, step.chunks);
    }
    this.#events.set(keyOf(kind, id), taken);
    return state;
  }

  #setChunks(list: Hash, changed: ReadonlyMap<number, StatusChunk>): void {
    const chunks = this.#chunks.get(list) ?? new Map<number, StatusChunk>();
    for (const [index, value] of changed) chunks.set(index, value);
    this.#chunks.set(list, chunks);
  }

  #headOf(kind: SubjectKind, id: Hex): Hash {
    const { slots } = currentDeployment(this.#network);
    return slotInStorage(this.#account(REGISTRY_OF[kind]), headSlot(word(id), slots.heads), this.#nodes);
  }

  #account(name: RegistryName): ProvenAccount {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const { address, codeHash } = currentDeployment(this.#network).registries[name];
    const account = accountInState(this.#stateRoot, address, this.#nodes);
    if (account?.codeHash !== codeHash) {
      const got = account === null ? "no account" : `code with hash ${account.codeHash}`;
      throw new ProofError("PROOF_CODE", `At ${address} is ${got}, the descriptor's ${name} registry has ${codeHash}`);
    }
    this.#accounts.set(name, account);
    return account;
  }

  #known<T>(map: ReadonlyMap<string, T>, kind: SubjectKind, id: Hex): T | undefined {
    const key = keyOf(kind, id);
    if (!map.has(key)) throw new UnavailableError(`The proof says nothing of ${kind} ${id}`);
    return map.get(key);
  }
}

/** The id of a list commits to its issuer and number. Only the first event has its base URI. */
function originOf({ issuer, number }: Checkpoint, list: Hash): StatusListState["origin"] {
  const origin = { issuer: issuer as Address, number: BigInt(number), baseUri: null };
  if (listIdOf(origin.issuer, origin.number) === list) return origin;
  throw history("list", list, `it is not number ${number} of ${issuer}`);
}

function keyOfAccreditation({ subject, typeId }: AccreditationId): string {
  return `${subject} ${typeId}`;
}

function keyOf(kind: SubjectKind, id: Hex): string {
  return `${kind} ${id}`;
}

function twice(what: string): ProofError {
  return new ProofError("PROOF_FORMAT", `The envelope has ${what} twice`);
}

function history(kind: SubjectKind, id: Hex, why: string, cause?: unknown): ProofError {
  return new ProofError("PROOF_HISTORY", `The history of ${kind} ${id} is not proven: ${why}`, { cause });
}
