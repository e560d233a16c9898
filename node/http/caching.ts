import { dateTime } from "../../resolver/resolution/resolve.ts";
import type { EventBlock } from "../index/live-index.ts";
import type { Answer } from "./answer.ts";
import { matchesTag } from "./negotiation/entity-tags.ts";

/** `Cache-Control` of answers that the next block may change: caches revalidate each time, which the ETag makes cheap. */
export const REVALIDATED = "public, no-cache";

/** `Cache-Control` of answers that never change. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** The header `mapae-as-of`: the block as of which an answer holds. */
export function shownBlock({ number, hash, time }: EventBlock): string {
  return `${number} ${hash} ${dateTime(time)}`;
}

/** The answer 304 when `If-None-Match` names the ETag of an answer with these headers, otherwise `undefined`. */
export function notModified(
  ifNoneMatch: string | undefined,
  headers: Readonly<Record<string, string>> & { readonly etag: string },
): Answer | undefined {
  return matchesTag(ifNoneMatch, headers.etag) ? { status: 304, headers, body: "" } : undefined;
}
