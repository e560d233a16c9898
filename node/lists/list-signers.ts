import { formatDid, isMapaeDid, parseDid } from "../../resolver/did/did.ts";
import { CodedError, UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { type AsOf, latestMoment } from "../../resolver/resolution/resolve.ts";
import { liveDocument } from "../index/live-document.ts";
import type { LiveIndex } from "../index/live-index.ts";
import type { Signer } from "../issuing/signer.ts";
import { canSign, type ListPart, type MediaType } from "./served-list.ts";

/** The list was never created, another node signs it, or no key here can sign it in the wanted media type. */
export class ListNotFoundError extends CodedError<"LIST_NOT_FOUND" | "LIST_NOT_SIGNED_HERE" | "LIST_MEDIA_TYPE"> {}

/** The wanted part of a list. */
export interface WantedList {
  readonly id: Hash;
  readonly issuer: Address;
  readonly part: ListPart;
  readonly type: MediaType;
}

export interface ListSignersOptions {
  readonly index: Pick<LiveIndex, "state">;
  readonly network: NetworkDescriptor;
  readonly signers: readonly Signer[];
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** Finds the signers of an issuer's lists: those whose keys the issuer's document lists for assertions. */
export class ListSigners {
  readonly #options: ListSignersOptions;
  readonly #issuers: ReadonlySet<string>;
  /** Cache of the signers of each issuer. Without a change of the document it is valid until `until`, in Unix seconds. */
  readonly #usable = new Map<Address, { readonly signers: readonly Signer[]; readonly until: number }>();

  constructor(options: ListSignersOptions) {
    this.#options = options;
    this.#issuers = new Set(options.signers.map(({ issuer }) => issuer));
  }

  /** The issuers for whom this node has keys, of which their documents list none as of a block. */
  unlisted(asOf: AsOf): ReadonlySet<Address> {
    const { network, signers } = this.#options;
    // The keys of operators are no issuers'.
    const dids = signers.flatMap(({ issuer }) => (isMapaeDid(issuer) ? parseDid(issuer) : []));
    const issuers = dids.filter((did) => did.network === network.name).map(({ address }) => address);
    return new Set(issuers.filter((issuer) => this.#usableAt(issuer, asOf).length === 0));
  }

  /** Whether this node has a signer for an issuer, whether or not the issuer's document lists its key. */
  has(issuer: Address): boolean {
    return this.#issuers.has(this.#didOf(issuer));
  }

  /** To be called when the document of an identity changed. */
  changed(identity: string): void {
    this.#usable.delete(identity as Address);
  }

  /** To be called when all documents may have changed. */
  clear(): void {
    this.#usable.clear();
  }

  /**
   * The signer as of a block: of several possible ones, the one that was configured first.
   * @throws UnavailableError when the issuer's document lists none of the keys; ListNotFoundError when none can sign in that
   * media type.
   */
  of({ issuer, part, type }: WantedList, asOf: AsOf): Signer {
    const signers = this.#usableAt(issuer, asOf);
    if (signers.length === 0)
      throw new UnavailableError(`The document of ${this.#didOf(issuer)} lists no key that this node signs with`);
    const signer = signers.find((one) => canSign(one, part, type));
    if (signer !== undefined) return signer;
    const key = signers.map(({ algorithm }) => algorithm).join(" and ");
    const why = `no suite of Data Integrity for ${key}, with which this list is signed: ask for application/vc+jwt`;
    throw new ListNotFoundError("LIST_MEDIA_TYPE", `Got Accept ${type}, and there is ${why}`);
  }

  /** The usable signers, in the order of the configuration. */
  #usableAt(issuer: Address, asOf: AsOf): readonly Signer[] {
    const { index, network, now } = this.#options;
    const at = latestMoment({ asOf, now: now() });
    const known = this.#usable.get(issuer);
    if (known !== undefined && at <= known.until) return known.signers;
    const live = liveDocument(index, network, issuer, at);
    // The id of a key begins with the DID of its signer, so that the document of one issuer can't list a key that is bound
    // to another.
    const signers = this.#options.signers.filter(({ keyId }) => live?.document.assertionMethod?.includes(keyId));
    if (signers.length > 0) this.#usable.set(issuer, { signers, until: live?.holdsUntil ?? at });
    return signers;
  }

  #didOf(issuer: Address): string {
    return formatDid(this.#options.network.name, issuer);
  }
}
