import { type AsOf, dateTime } from "../../../resolver/resolution/resolve.ts";
import type { EventBlock } from "../../index/live-index.ts";
import { type Answer, json, tagOf } from "../answer.ts";
import { IMMUTABLE, notModified, REVALIDATED, shownBlock } from "../caching.ts";

export interface TrustFacts {
  /** The newest block that is served. */
  readonly newest: AsOf;
  /** The newest block with an event at or below the one whose knowledge was used. */
  readonly lastChange: EventBlock | undefined;
  /** Number of the requested block; `undefined` for the newest. */
  readonly asked: number | undefined;
  /** The moment that is judged, in Unix seconds; `undefined` when there is none. */
  readonly at: number | undefined;
  /** Whether the client chose that moment. Otherwise it is the node's current one, and the next answer has another. */
  readonly isAtAsked: boolean;
  readonly stale: boolean;
  readonly ifNoneMatch: string | undefined;
}

/**
 * An answer about types or accreditations. Its body is the same on every node for the same block and moment: it names the
 * last block with an event, which all nodes store. The newest block of this node is in the headers.
 */
export function accreditationResponse(content: object, facts: TrustFacts): Answer {
  const { newest, lastChange, asked, at, isAtAsked, stale, ifNoneMatch } = facts;
  const asOf = lastChange && { block: lastChange.number, hash: lastChange.hash, time: dateTime(lastChange.time) };
  const isFinal = asked !== undefined && asked <= newest.finalizedBlock && (at === undefined || isAtAsked);
  const shown = asked === undefined ? newest : lastChange;
  const headers = {
    etag: `W/"${tagOf(JSON.stringify(content))}"`,
    // An answer as of a final block about a given moment never changes, unlike the mark of a stale node.
    "cache-control": isFinal && !stale ? IMMUTABLE : REVALIDATED,
    ...(shown && {
      "mapae-as-of": shownBlock(shown),
      "mapae-finalized": String(shown.number <= newest.finalizedBlock),
    }),
    ...(at !== undefined && { "mapae-at": dateTime(at) }),
    ...(stale && { "mapae-stale": "true" }),
  };
  const body = { asOf: asOf ?? null, ...(at !== undefined && { at: dateTime(at) }), ...content };
  return notModified(ifNoneMatch, headers) ?? json(body, { headers });
}
