import { formatDid } from "../../resolver/did/did.ts";
import { MapaeError, UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import { latestMoment } from "../../resolver/resolution/resolve.ts";
import { listIdOf, type StatusListState } from "../../resolver/status/apply-status-event.ts";
import { listUri } from "../../resolver/status/list-uri.ts";
import { liveDocument } from "../index/live-document.ts";
import type { LiveIndex } from "../index/live-index.ts";
import type { Signer } from "../issuing/signer.ts";
import type { Mirror } from "./mirror.ts";
import { canSign, endOf, type ListPart, type MediaType, ServedList, type SignedList } from "./served-list.ts";

/** The list was never created, another node signs it, or no key here signs it in the media type that is wanted. */
export class ListNotFoundError extends MapaeError {
  readonly code: "LIST_NOT_FOUND" | "LIST_NOT_SIGNED_HERE" | "LIST_MEDIA_TYPE";

  constructor(code: ListNotFoundError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export interface StatusListsOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  readonly signers: readonly Signer[];
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Called once for each list that is past half of its life, or can't be signed any more. */
  readonly onAlarm: (error: Error) => void;
  /** Where lists come from that this node does not sign; nowhere unless given. */
  readonly mirror?: Mirror;
  /** Called with each try to sign, and how it went. */
  readonly onSigned?: (succeeded: boolean) => void;
}

/** A list that is signed here, from when it was first asked for. */
interface KeptList {
  readonly uri: string;
  readonly reading: Promise<ServedList>;
}

/** The lists that this node signs, ready to be sent. */
export class StatusLists {
  readonly #index: LiveIndex;
  readonly #network: NetworkDescriptor;
  readonly #signers: readonly Signer[];
  readonly #now: () => number;
  readonly #onAlarm: (error: Error) => void;
  readonly #onSigned: (succeeded: boolean) => void;
  readonly #mirror: Mirror | undefined;
  readonly #lists = new Map<Hash, KeptList>();
  /** Chunks to be read again, of lists that are here or on their way. */
  readonly #changed = new Map<Hash, Set<number>>();
  /** The signers of each issuer, and the last second in which time alone leaves them so. */
  readonly #usable = new Map<Address, { readonly signers: readonly Signer[]; readonly until: number }>();
  readonly #alarmed = new Set<Hash>();

  constructor({ index, network, signers, now, onAlarm, onSigned = () => undefined, mirror }: StatusListsOptions) {
    this.#index = index;
    this.#network = network;
    this.#signers = signers;
    this.#now = now;
    this.#onAlarm = onAlarm;
    this.#onSigned = onSigned;
    this.#mirror = mirror;
    index.onChange((changed) => {
      for (const { kind, id, chunks } of changed) {
        if (kind === "did") this.#usable.delete(id);
        if (kind !== "list") continue;
        // After a reorganisation the changed chunks are unknown: the list is read again.
        if (chunks === undefined) this.#lists.delete(id);
        else for (const chunk of chunks) this.#changed.get(id)?.add(chunk);
      }
    });
  }

  /** How many lists could not be signed again, or were past half of their life, when they were last asked for. */
  get alarmed(): number {
    return this.#alarmed.size;
  }

  /** URIs of all lists that are signed here. */
  async uris(): Promise<string[]> {
    this.#asOf();
    const issuers = new Set(this.#signers.map(({ issuer }) => issuer));
    const states = (await this.#index.ids("list")).map((id) => this.#index.state("list", id));
    return states
      .filter((state) => state?.origin?.baseUri && issuers.has(formatDid(this.#network.name, state.origin.issuer)))
      .map((state) => uriOf(state as StatusListState));
  }

  /**
   * One part of a list, signed: as it is as of the newest block, or, where nobody can sign now, as it was.
   *
   * @param mayAsk whether other nodes may be asked for a list that they sign.
   * @throws ListNotFoundError; UnavailableError when there is no key to sign with, or what was signed has expired.
   */
  async get(issuer: Address, number: bigint, part: ListPart, type: MediaType, mayAsk = true): Promise<SignedList> {
    const id = listIdOf(issuer, number);
    const did = formatDid(this.#network.name, issuer);
    if (!this.#signers.some((signer) => signer.issuer === did)) {
      const state = this.#state(id);
      const mirrored = await this.#mirror?.get({ state, uri: uriOf(state), part, type }, mayAsk);
      if (mirrored !== undefined) return mirrored;
      throw new ListNotFoundError(
        "LIST_NOT_SIGNED_HERE",
        `No key here signs lists of ${did}, and no other node gave one`,
      );
    }
    let kept: KeptList;
    let list: ServedList;
    do {
      kept = this.#list(id);
      list = await kept.reading;
      // A reorg while it was read: what was read is of no chain.
    } while (this.#lists.get(id) !== kept);
    // From here to the signature nothing waits: the chunks, the block and the key are of one moment.
    const asOf = this.#asOf();
    this.#catchUp(id, list);
    const signers = this.#signersNow(did, issuer, asOf);
    // Of several that can, the one that was configured first.
    const signer = signers.find((one) => canSign(one, part, type));
    if (signer === undefined) {
      const key = signers.map(({ algorithm }) => algorithm).join(" and ");
      const why = `no suite of Data Integrity for ${key}, with which this list is signed: ask for application/vc+jwt`;
      throw new ListNotFoundError("LIST_MEDIA_TYPE", `Got Accept ${type}, and there is ${why}`);
    }
    const signing = { uri: kept.uri, asOf, signer };
    const latest = list.latest(part, type);
    if (latest !== undefined && list.isFresh(latest, signing)) return this.#newest(id, latest);
    try {
      const signed = await list.sign(part, type, signing);
      this.#onSigned(true);
      return this.#newest(id, signed);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.#onSigned(false);
      this.#alarm(id, error instanceof Error ? error : new Error(String(error)));
      // What another key signed may be revoked by now.
      if (latest?.keyId === signer.keyId) return this.#alive(id, latest);
      throw new UnavailableError("The list can't be signed now; the node's log says why", { cause: error });
    }
  }

  #asOf(): AsOf {
    const asOf = this.#index.asOf();
    if (asOf === undefined) throw new UnavailableError("This node can't answer now: no block is known yet");
    return asOf;
  }

  #state(id: Hash): StatusListState {
    this.#asOf();
    const state = this.#index.state("list", id);
    if (state !== undefined) return state;
    throw new ListNotFoundError("LIST_NOT_FOUND", "There is no such list, as of the newest block here");
  }

  /**
   * The list's encodings; its chunks are read once, and then only those that change. What it was created with never does, but
   * by a reorg.
   */
  #list(id: Hash): KeptList {
    const found = this.#lists.get(id);
    if (found !== undefined) return found;
    const state = this.#state(id);
    const uri = uriOf(state);
    this.#changed.set(id, new Set());
    const reading = this.#index.chunks(id).then((chunks) => new ServedList(chunks, state.size));
    const kept: KeptList = { uri, reading };
    this.#lists.set(id, kept);
    reading.catch(() => this.#lists.delete(id));
    return kept;
  }

  #catchUp(id: Hash, list: ServedList): void {
    const changed = this.#changed.get(id);
    for (const index of changed ?? []) {
      const chunk = this.#index.chunk(id, index);
      if (chunk !== undefined) list.write(index, chunk);
    }
    changed?.clear();
  }

  /** The signers whose keys the issuer's document lists for assertions now, at least one, in the order of the configuration. */
  #signersNow(did: string, issuer: Address, asOf: AsOf): readonly Signer[] {
    const at = latestMoment({ asOf, now: this.#now() });
    const known = this.#usable.get(issuer);
    if (known !== undefined && at <= known.until) return known.signers;
    const live = liveDocument(this.#index, this.#network, issuer, at);
    // A key's id begins with the DID that its signer is bound to: that of another issuer is in no document of this one.
    const signers = this.#signers.filter(({ keyId }) => live?.document.assertionMethod?.includes(keyId));
    if (signers.length > 0) {
      this.#usable.set(issuer, { signers, until: live?.holdsUntil ?? at });
      return signers;
    }
    throw new UnavailableError(`The document of ${did} lists no key that this node signs with`);
  }

  /** What nothing better can be signed than; an alarm is over once it is young again. */
  #newest(id: Hash, signed: SignedList): SignedList {
    if (this.#now() < endOf(signed).halfLife) this.#alarmed.delete(id);
    return this.#alive(id, signed);
  }

  #alive(id: Hash, signed: SignedList): SignedList {
    const { expires, halfLife } = endOf(signed);
    const now = this.#now();
    if (now >= halfLife) this.#alarm(id, new UnavailableError(`A status list ends at ${expires}, it is ${now} now`));
    if (now < expires) return signed;
    throw new UnavailableError("What was signed of this list has expired, and no newer block is known");
  }

  #alarm(id: Hash, error: Error): void {
    if (this.#alarmed.has(id)) return;
    this.#alarmed.add(id);
    this.#onAlarm(error);
  }
}

function uriOf(state: StatusListState): string {
  const uri = listUri(state);
  if (uri !== undefined) return uri;
  throw new ListNotFoundError("LIST_NOT_FOUND", "The list was created with a base URI that is no text");
}
