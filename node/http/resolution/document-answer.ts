import type { Representation } from "../../../resolver/resolution/representation.ts";
import type { ResolutionMetadata } from "../../../resolver/resolution/source.ts";
import { type Answer, json } from "../answer.ts";
import { REVALIDATED } from "../caching.ts";
import { RESULT, type Wanted } from "../negotiation/accept.ts";
import { matchesTag } from "../negotiation/entity-tags.ts";
import type { ReadyDocument } from "./ready-documents.ts";

/** The facts for headers and metadata of an answer. */
export interface AnswerFacts {
  readonly resolutionMetadata: ResolutionMetadata;
  readonly ifNoneMatch: string | undefined;
  /** Whether the answer must not be cached. */
  readonly noCache: boolean;
}

/** Answers with a document, alone or in the whole result of its resolution, which contains its media type. */
export function documentAnswer(
  { document, metadata, digest, deactivated }: ReadyDocument,
  { type, representation }: Wanted,
  facts: AnswerFacts,
): Answer {
  const status = deactivated ? 410 : 200;
  const headers = headersOf(digest, type, facts);
  if (isNotModified(status, headers, facts)) return { status: 304, headers, body: "" };

  if (type !== RESULT) return json(document, { status, type, headers });
  const end = resultEnd(facts.resolutionMetadata, representation);
  const result = `{"didDocument":${document},"didDocumentMetadata":${metadata}${end}`;
  return json(result, { status, type: RESULT, headers });
}

/** Cache of the ends of results, by metadata and representation: many answers within a second have the same end. */
const resultEnds = new WeakMap<ResolutionMetadata, Map<Representation, string>>();

function resultEnd(resolutionMetadata: ResolutionMetadata, contentType: Representation): string {
  const ends = resultEnds.get(resolutionMetadata) ?? new Map<Representation, string>();
  resultEnds.set(resolutionMetadata, ends);
  const known = ends.get(contentType);
  if (known !== undefined) return known;
  const end = `,"didResolutionMetadata":${JSON.stringify({ contentType, ...resolutionMetadata })}}`;
  ends.set(contentType, end);
  return end;
}

/**
 * The headers of every answer about an existing DID; `digest` is a hash of the content that does not change from block to
 * block.
 */
export function headersOf(digest: string, type: string, { resolutionMetadata, noCache }: AnswerFacts) {
  const { asOf, at, stale } = resolutionMetadata;
  return {
    // Weak, because it does not cover the block as of which the answer holds. It has the media type, so that caches don't
    // mix results and documents.
    etag: `W/"${digest}.${type.slice(type.indexOf("/") + 1)}"`,
    "cache-control": noCache ? "no-store" : REVALIDATED,
    vary: "accept",
    "mapae-as-of": `${asOf.block} ${asOf.hash} ${asOf.time}`,
    "mapae-at": at,
    "mapae-finalized": String(asOf.finalized),
    ...(stale && { "mapae-stale": "true" }),
  };
}

/**
 * Whether to answer 304. Never for a deactivated DID: conditions apply only when the answer would be a 2xx (RFC 9110,
 * section 13.2.1).
 */
export function isNotModified(status: number, { etag }: { etag: string }, { ifNoneMatch }: AnswerFacts): boolean {
  return status === 200 && matchesTag(ifNoneMatch, etag);
}
