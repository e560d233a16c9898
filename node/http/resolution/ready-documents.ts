import type { Address } from "../../../resolver/primitives/hex.ts";
import { LruCache } from "../../../resolver/primitives/lru.ts";
import { type Representation, represent } from "../../../resolver/resolution/representation.ts";
import type { Version } from "../../../resolver/resolution/resolve.ts";
import { tagOf } from "../answer.ts";
import { MAX_READY_BYTES } from "../server/bounds.ts";
import { Doorkeeper } from "./doorkeeper.ts";

/** What of a resolution stays the same from block to block, as the texts that are sent. */
export interface ReadyDocument {
  /** JSON of the document, `null` when deactivated. */
  readonly document: string;
  /** JSON of the document metadata. */
  readonly metadata: string;
  /** The same for the same document and document metadata, whatever block an answer holds as of. */
  readonly digest: string;
  readonly deactivated: boolean;
}

export function readyDocument(
  { document, documentMetadata }: Pick<Version, "document" | "documentMetadata">,
  representation: Representation,
): ReadyDocument {
  return readyTexts(document && represent(document, representation), documentMetadata);
}

/** The same of a document that is as it is shown already. */
export function readyTexts(shown: object | null, metadata: { readonly deactivated?: boolean }): ReadyDocument {
  const texts = { document: JSON.stringify(shown), metadata: JSON.stringify(metadata) };
  return { ...texts, digest: tagOf(texts.document, texts.metadata), deactivated: metadata.deactivated === true };
}

/** A document that was asked for. */
export interface FoundDocument {
  readonly document: ReadyDocument;
  /** Whether it was asked for before, lately. */
  readonly cameBefore: boolean;
}

interface Kept {
  readonly ready: ReadyDocument;
  /** Seconds in Unix time between which, both included, time alone does not change the document. */
  readonly from: number;
  readonly until: number;
}

/**
 * Newest versions that were asked for twice, ready to be sent: most documents of a large network are asked for once. Dropped by
 * the very events that change one, and by the moment at which something in it runs out.
 */
export class ReadyDocuments {
  readonly #kept = new LruCache<Address, Map<Representation, Kept>>({
    max: MAX_READY_BYTES,
    sizeOf,
  });
  readonly #doorkeeper = new Doorkeeper();

  /** The document of an identity for a moment in Unix seconds; made by `resolve` if it is not here. */
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
}

function sizeOf(kept: Map<Representation, Kept>): number {
  const OVERHEAD = 500;
  let bytes = OVERHEAD;
  for (const { ready } of kept.values()) bytes += ready.document.length + ready.metadata.length;
  return bytes;
}
