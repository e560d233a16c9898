import type { Address } from "../../../resolver/primitives/hex.ts";
import { LruCache } from "../../../resolver/primitives/lru.ts";
import { type Representation, represent } from "../../../resolver/resolution/representation.ts";
import type { Version } from "../../../resolver/resolution/resolve.ts";
import { tagOf } from "../answer.ts";
import { MAX_READY_BYTES } from "../server/bounds.ts";
import { Doorkeeper } from "./doorkeeper.ts";

/** The part of a resolution that does not change from block to block, as the texts that are sent. */
export interface ReadyDocument {
  /** JSON of the document, `null` when deactivated. */
  readonly document: string;
  /** JSON of the document metadata. */
  readonly metadata: string;
  /** Hash of the document and its metadata, which does not depend on the block as of which an answer holds. */
  readonly digest: string;
  readonly deactivated: boolean;
}

export function readyDocument(
  { document, documentMetadata }: Pick<Version, "document" | "documentMetadata">,
  representation: Representation,
): ReadyDocument {
  return readyTexts(document && represent(document, representation), documentMetadata);
}

/** The same for a document that is already in its representation. */
export function readyTexts(shown: object | null, metadata: { readonly deactivated?: boolean }): ReadyDocument {
  const [document, text] = [JSON.stringify(shown), JSON.stringify(metadata)];
  return { document, metadata: text, digest: tagOf(document + text), deactivated: metadata.deactivated === true };
}

/** A requested document. */
export interface FoundDocument {
  readonly document: ReadyDocument;
  /** Whether it was requested recently before. */
  readonly cameBefore: boolean;
}

interface Kept {
  readonly ready: ReadyDocument;
  /** First and last second, in Unix time, in which the document is valid unless an event changes it. */
  readonly from: number;
  readonly until: number;
}

/**
 * Cache of the newest versions of documents that were requested twice, because most documents of a large network are
 * requested only once. A document is dropped when an event changes it, and expires when something in it does.
 */
export class ReadyDocuments {
  readonly #kept = new LruCache<Address, Map<Representation, Kept>>({
    max: MAX_READY_BYTES,
    sizeOf,
  });
  readonly #doorkeeper = new Doorkeeper();

  /** The document of an identity at a moment in Unix seconds; `resolve` builds it when it is not cached. */
  get(address: Address, representation: Representation, at: number, resolve: () => Version): FoundDocument {
    const kept = this.#kept.get(address)?.get(representation);
    if (kept !== undefined && kept.from <= at && at <= kept.until) return { document: kept.ready, cameBefore: true };

    const version = resolve();
    const ready = readyDocument(version, representation);
    if (!this.#doorkeeper.cameBefore(address)) return { document: ready, cameBefore: false };
    const others = this.#kept.get(address) ?? [];
    const until = version.holdsUntil ?? Number.POSITIVE_INFINITY;
    this.#kept.set(address, new Map([...others, [representation, { ready, from: at, until }]]));
    return { document: ready, cameBefore: true };
  }

  drop(address: Address): void {
    this.#kept.delete(address);
  }

  /** Drops all documents. */
  clear(): void {
    this.#kept.clear();
  }
}

function sizeOf(kept: Map<Representation, Kept>): number {
  const OVERHEAD = 500;
  let bytes = OVERHEAD;
  for (const { ready } of kept.values()) bytes += ready.document.length + ready.metadata.length;
  return bytes;
}
