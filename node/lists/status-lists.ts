import { formatDid } from "../../resolver/did/did.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { StatusListState } from "../../resolver/status/apply-status-event.ts";
import { listUri } from "../../resolver/status/list-uri.ts";
import { heldIndex, type LiveIndex, newestOf } from "../index/live-index.ts";
import type { Signer } from "../issuing/signer.ts";
import { ListAlarms } from "./list-alarms.ts";
import { ListNotFoundError, ListSigners, type WantedList } from "./list-signers.ts";
import type { Mirror } from "./mirror.ts";
import { endOf, ServedList, type SignedList } from "./served-list.ts";

export interface StatusListsOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  readonly signers: readonly Signer[];
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Called once when a list can't be signed any more, and once when it is past half of its validity. Names no DID. */
  readonly onAlarm: (error: Error) => void;
  /** Source of lists that this node does not sign; by default none. */
  readonly mirror?: Mirror;
  /** Called after each attempt to sign. */
  readonly onSigned?: (succeeded: boolean) => void;
}

/** A list that is signed here and was requested. */
interface KeptList {
  readonly uri: string;
  readonly reading: Promise<ServedList>;
  /** Set once the list was read. */
  list?: ServedList;
}

const NO_KEY =
  "The document of a list's issuer lists no key that this node signs with, so that the list is refused: publish its key " +
  "(mapae did add-key), or remove its key file; mapae doctor shows which key it is";

/** The lists that this node signs, ready to be sent. */
export class StatusLists {
  readonly #index: LiveIndex;
  readonly #network: NetworkDescriptor;
  readonly #signers: ListSigners;
  readonly #now: () => number;
  readonly #alarms: ListAlarms;
  readonly #onSigned: (succeeded: boolean) => void;
  readonly #mirror: Mirror | undefined;
  readonly #lists = new Map<Hash, KeptList>();
  /** Chunks to read again, of lists that are read or being read. */
  readonly #changed = new Map<Hash, Set<number>>();

  constructor({ index, network, signers, now, onAlarm, onSigned = () => undefined, mirror }: StatusListsOptions) {
    this.#index = index;
    this.#network = network;
    this.#signers = new ListSigners({ index, network, signers, now });
    this.#now = now;
    this.#alarms = new ListAlarms(onAlarm);
    this.#onSigned = onSigned;
    this.#mirror = mirror;
    index.onChange((changed, isReplaced) => {
      if (isReplaced) {
        this.#lists.clear();
        this.#signers.clear();
      }
      for (const { kind, id, chunks } of changed) {
        if (kind === "did") this.#signers.changed(id);
        if (kind !== "list") continue;
        // After a reorganisation the changed chunks are unknown: the list is read again.
        if (chunks === undefined) this.#lists.delete(id);
        else for (const chunk of chunks) this.#changed.get(id)?.add(chunk);
      }
    });
  }

  /**
   * Number of lists that no key here can sign as of the last {@link look}, or that could not be signed again, or were past half
   * of their validity, when they were last requested.
   */
  get alarmed(): number {
    return this.#alarms.size;
  }

  /** URIs of all lists that are signed here. */
  async uris(): Promise<string[]> {
    return (await this.#statesOf((issuer) => this.#signers.has(issuer))).map(uriOf);
  }

  /**
   * Looks for lists, requested or not, whose issuer's document lists no key that this node signs with: they get an alarm, which
   * ends once a key is listed. Nothing is signed, and lists are read only while there are such issuers.
   */
  async look(): Promise<void> {
    const asOf = this.#index.asOf();
    if (asOf === undefined) return;
    const unlisted = [...this.#signers.unlisted(asOf)].filter((issuer) => !this.#isEnded(issuer));
    const found = unlisted.length === 0 ? [] : await this.#statesOf((issuer) => unlisted.includes(issuer));
    const ids = new Set(found.map(({ list }) => list));
    this.#alarms.endExcept(ids, "unlisted");
    for (const id of ids) this.#alarms.raise(id, "unlisted", new UnavailableError(NO_KEY));
  }

  /** The lists of some issuers that have a URI. */
  async #statesOf(isWanted: (issuer: Address) => boolean): Promise<StatusListState[]> {
    await using held = heldIndex(this.#index);
    const states = (await held.ids("list")).flatMap((id) => held.state("list", id) ?? []);
    return states.filter(({ origin }) => origin?.baseUri && isWanted(origin.issuer));
  }

  /**
   * The result of {@link get} for a list that is signed here, if nothing has to be read or signed for it; otherwise
   * `undefined`.
   * @throws errors of {@link get}.
   */
  ready(wanted: WantedList): SignedList | undefined {
    const { id, part, type } = wanted;
    const { uri, list } = this.#lists.get(id) ?? {};
    if (uri === undefined || list === undefined) return undefined;
    const asOf = newestOf(this.#index);
    this.#catchUp(id, list);
    const latest = list.latest(part, type);
    if (latest === undefined) return undefined;
    const signing = { uri, asOf, signer: this.#signerOf(wanted, asOf) };
    return list.isFresh(latest, signing) ? this.#newest(id, latest) : undefined;
  }

  /**
   * One signed part of a list, as of the newest block or, when it can't be signed now, the last signed form.
   *
   * @param mayAsk whether other nodes may be asked for a list that they sign.
   * @throws ListNotFoundError; UnavailableError when there is no key to sign with, or the last signed form has expired.
   */
  async get(wanted: WantedList, mayAsk = true): Promise<SignedList> {
    const { id, issuer, part, type } = wanted;
    if (!this.#signers.has(issuer)) {
      const state = this.#state(id);
      const mirrored = await this.#mirror?.get({ state, uri: uriOf(state), part, type }, mayAsk);
      if (mirrored !== undefined) return mirrored;
      throw new ListNotFoundError(
        "LIST_NOT_SIGNED_HERE",
        `No key here signs lists of ${formatDid(this.#network.name, issuer)}, and no other node gave one`,
      );
    }
    let kept: KeptList;
    let list: ServedList;
    do {
      kept = this.#list(id);
      list = await kept.reading;
      // A reorg dropped the list while it was read: read it again.
    } while (this.#lists.get(id) !== kept);
    const ready = this.ready(wanted);
    if (ready !== undefined) return ready;
    // There is no `await` from here to the signature, so that chunks, block and key are of the same moment.
    const asOf = newestOf(this.#index);
    const signer = this.#signerOf(wanted, asOf);
    try {
      const signed = await list.sign(part, type, { uri: kept.uri, asOf, signer });
      this.#onSigned(true);
      return this.#newest(id, signed);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.#onSigned(false);
      this.#alarms.raise(id, "unsigned", error instanceof Error ? error : new Error(String(error)));
      // Another key may have been revoked meanwhile.
      const latest = list.latest(part, type);
      if (latest?.keyId === signer.keyId) return this.#alive(id, latest);
      throw new UnavailableError("The list can't be signed now; the node's log says why", { cause: error });
    }
  }

  #state(id: Hash): StatusListState {
    newestOf(this.#index);
    const state = this.#index.state("list", id);
    if (state !== undefined) return state;
    throw new ListNotFoundError("LIST_NOT_FOUND", "There is no such list, as of the newest block here");
  }

  /** The list, whose chunks are read once; later only changed ones are read. Size and URI change only by a reorg. */
  #list(id: Hash): KeptList {
    const found = this.#lists.get(id);
    if (found !== undefined) return found;
    const state = this.#state(id);
    const uri = uriOf(state);
    this.#changed.set(id, new Set());
    const reading = this.#index.chunks(id).then((chunks) => new ServedList(chunks, state.size));
    const kept: KeptList = { uri, reading };
    this.#lists.set(id, kept);
    reading.then(
      (list) => (kept.list = list),
      () => this.#lists.delete(id),
    );
    return kept;
  }

  #catchUp(id: Hash, list: ServedList): void {
    const changed = this.#changed.get(id);
    if (changed === undefined || changed.size === 0) return;
    for (const index of changed) {
      const chunk = this.#index.chunk(id, index);
      if (chunk !== undefined) list.write(index, chunk);
    }
    changed.clear();
  }

  /** Returns the newest signed form. It ends the list's alarm when the form is before half of its validity. */
  #newest(id: Hash, signed: SignedList): SignedList {
    if (this.#now() < endOf(signed).halfLife) this.#alarms.endAll(id);
    return this.#alive(id, signed);
  }

  #alive(id: Hash, signed: SignedList): SignedList {
    const { expires, halfLife } = endOf(signed);
    const now = this.#now();
    if (now >= halfLife)
      this.#alarms.raise(id, "old", new UnavailableError(`A status list ends at ${expires}, it is ${now} now`));
    if (now < expires) return signed;
    throw new UnavailableError("The signed list has expired, and no newer block is known");
  }

  /** As {@link ListSigners.of}. That there is no key any more is an alarm, unless the issuer ended its DID. */
  #signerOf(wanted: WantedList, asOf: AsOf): Signer {
    try {
      return this.#signers.of(wanted, asOf);
    } catch (error) {
      if (error instanceof UnavailableError && !this.#isEnded(wanted.issuer)) {
        this.#alarms.raise(wanted.id, "unlisted", new UnavailableError(NO_KEY));
      }
      throw error;
    }
  }

  #isEnded(issuer: Address): boolean {
    return (this.#index.state("did", issuer)?.deactivated ?? null) !== null;
  }
}

function uriOf(state: StatusListState): string {
  const uri = listUri(state);
  if (uri !== undefined) return uri;
  throw new ListNotFoundError("LIST_NOT_FOUND", "The list was created with a base URI that is no text");
}
