import type { DidDocument } from "../../resolver/did/did-document.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import { Preference } from "../../resolver/http/preference.ts";
import type { Fetch } from "../../resolver/http/request.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { LruCache } from "../../resolver/primitives/lru.ts";
import { latestMoment } from "../../resolver/resolution/resolve.ts";
import type { StatusListState } from "../../resolver/status/apply-status-event.ts";
import { listBytes } from "../../resolver/status/list-bytes.ts";
import type { VerifiedList } from "../../resolver/status/signed/check-token.ts";
import { verifyStatusCredential, verifyStatusVcJwt } from "../../resolver/status/signed/verify-credential.ts";
import { verifyStatusCwt, verifyStatusJwt } from "../../resolver/status/signed/verify-token.ts";
import { StatusListError } from "../../resolver/status/status-list-error.ts";
import { tagOf } from "../http/answer.ts";
import { liveDocument } from "../index/live-document.ts";
import type { LiveIndex } from "../index/live-index.ts";
import { TTL } from "./make-token.ts";
import { askPeer } from "./peer-lists.ts";
import { endOf, type ListPart, type MediaType, type SignedList } from "./served-list.ts";

/** Bytes of other nodes' lists that are cached. */
const MAX_KEPT_BYTES = 64 * 1_048_576;
/** Maximum number of entries of the negative cache. */
const MAX_REFUSED = 10_000;
/** Time to live of the negative cache, in seconds: clients can't make this node flood its peers. */
const RETRY_AFTER = 5;

export interface MirrorOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  /** URLs of other nodes' public listeners, as in the configuration, in order of preference. */
  readonly peers: readonly string[];
  /** Unix time in seconds. */
  readonly now: () => number;
  readonly fetch?: Fetch;
}

/** A part of a list that another node signs. */
export interface MirrorQuestion {
  readonly state: StatusListState;
  /** The URI that credentials point to. */
  readonly uri: string;
  readonly part: ListPart;
  readonly type: MediaType;
}

/** Another node's list, and the list's head as of which its bits were equal to this node's. */
interface Mirrored extends SignedList {
  readonly head: Hash;
}

/** Entry of the negative cache: no peer has a valid list with this head. `failure` is set when a peer could not be asked. */
interface Refusal {
  readonly until: number;
  readonly head: Hash;
  readonly failure?: UnavailableError;
}

/**
 * Serves lists that other nodes sign, unchanged, from the configured peers. A list is accepted only if the issuer's document
 * now lists the signing key, if it is the wanted list and not expired, and if its bits are equal to this node's index. So a
 * peer can't lie.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #peers: Preference<string>;
  readonly #kept = new LruCache<string, Mirrored>({
    max: MAX_KEPT_BYTES,
    sizeOf: ({ bytes }) => bytes.length,
  });
  readonly #refused = new LruCache<string, Refusal>({ max: MAX_REFUSED });
  readonly #asking = new Map<string, Promise<Mirrored | Refusal>>();

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#peers = new Preference(options.peers, options.now);
  }

  /**
   * @param mayAsk whether other nodes may be asked; otherwise only the cache is used.
   * @returns `undefined` when no peer has a valid list.
   * @throws UnavailableError when a peer could not be asked, and no other one has the list.
   */
  async get(question: MirrorQuestion, mayAsk: boolean): Promise<SignedList | undefined> {
    const { state, part, type } = question;
    const key = `${state.list} ${part} ${type}`;
    const kept = this.#kept.get(key);
    const usable = kept !== undefined && this.#isUsable(kept, question) ? kept : undefined;
    const time = this.#options.index.asOf()?.time ?? 0;
    if (usable !== undefined && time < usable.issuedAt + TTL) return usable;
    if (!mayAsk) return usable;
    const refused = this.#refused.get(key);
    const isRefused = refused?.head === state.head && this.#options.now() < refused.until;
    const found = isRefused ? refused : await this.#askOnce(key, question);
    if ("bytes" in found) return found;
    if (usable === undefined && found.failure !== undefined) throw found.failure;
    return usable;
  }

  /** Asks the peers; concurrent calls for the same list share one request. */
  #askOnce(key: string, question: MirrorQuestion): Promise<Mirrored | Refusal> {
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    const asked = this.#ask(question)
      .then((found) => {
        if ("bytes" in found) this.#kept.set(key, found);
        else this.#refused.set(key, found);
        return found;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  /** Whether a cached list is still valid: the statuses are the same, the key is still listed, and it has not expired. */
  #isUsable(kept: Mirrored, { state }: MirrorQuestion): boolean {
    if (kept.head !== state.head || this.#options.now() >= endOf(kept).expires) return false;
    return this.#document(state)?.assertionMethod?.includes(kept.keyId) ?? false;
  }

  async #ask(question: MirrorQuestion): Promise<Mirrored | Refusal> {
    const { fetch = globalThis.fetch } = this.#options;
    const { state, part, type } = question;
    const path = `/status-lists/${state.origin?.issuer}/${state.origin?.number}${part === "token" ? "" : `/${part}`}`;
    // Two incompressible bits per status, encoded in base64 twice, and the rest of the token.
    const maxBytes = state.size / 2 + 16_384;
    let failure: UnavailableError | undefined;
    for (const peer of this.#peers.inOrder()) {
      try {
        const bytes = await this.#peers.ask(peer, (base) => askPeer(base, { path, type, maxBytes }, fetch));
        const taken = bytes && (await this.#check(bytes, question));
        if (taken !== undefined) return taken;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        failure = error;
      }
    }
    const until = this.#options.now() + RETRY_AFTER;
    return { until, head: state.head, ...(failure && { failure }) };
  }

  /** @returns `undefined` when the list is not valid, or differs from this node's index. */
  async #check(bytes: Buffer, question: MirrorQuestion): Promise<Mirrored | undefined> {
    const { index, now } = this.#options;
    const { part } = question;
    // State and chunks are read without an `await` between them, so that the head belongs to the chunks.
    const state = index.state("list", question.state.list);
    const document = state && this.#document(state);
    if (state === undefined || document === undefined) return undefined;
    const reading = index.chunks(state.list);
    // Awaited below, unless the list is rejected.
    reading.catch(() => undefined);
    let verified: VerifiedList;
    try {
      verified = await verifyAs(question, bytes, { size: state.size, document, now: now() });
    } catch (error) {
      if (error instanceof StatusListError) return undefined;
      throw error;
    }
    const own = listBytes(part, await reading, state.size);
    if (Buffer.compare(own, verified.list.bytes) !== 0) return undefined;
    const etag = `"${tagOf(bytes)}"`;
    const { issuedAt, keyId } = verified;
    return { bytes, etag, issuedAt, keyId, version: state.events, head: state.head };
  }

  #document({ origin }: StatusListState): DidDocument | undefined {
    const { index, network, now } = this.#options;
    const asOf = index.asOf();
    if (asOf === undefined || origin === null) return undefined;
    return liveDocument(index, network, origin.issuer, latestMoment({ asOf, now: now() }))?.document;
  }
}

/** Verifies a list in the encoding of its media type, as every verifier does. */
function verifyAs(
  { uri, part, type }: MirrorQuestion,
  bytes: Buffer,
  known: { readonly size: number; readonly document: DidDocument; readonly now: number },
): Promise<VerifiedList> {
  if (part === "token") {
    const expected = { uri, ...known };
    return type.endsWith("cwt") ? verifyStatusCwt(bytes, expected) : verifyStatusJwt(bytes.toString(), expected);
  }
  const expected = { uri: `${uri}/${part}`, purpose: part, ...known };
  return type.endsWith("jwt") ? verifyStatusVcJwt(bytes.toString(), expected) : verifyStatusCredential(bytes, expected);
}
