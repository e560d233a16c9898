import { type AsOf, dateTime } from "../../../resolver/resolution/resolve.ts";
import type { EventBlock } from "../../index/live-index.ts";
import { type Answer, json, matchesTag, tagOf } from "../answer.ts";

export interface TrustFacts {
  /** The newest block that is served. */
  readonly newest: AsOf;
  /** The newest block with an event up to the one whose knowledge was used. */
  readonly lastChange: EventBlock | undefined;
  /** Number of the block that was asked for; `undefined` for the newest. */
  readonly asked: number | undefined;
  /** The moment judged, in Unix seconds; `undefined` where none is. */
  readonly at: number | undefined;
  /** Whether that moment was asked for: else it is this node's own, and the next answer has another. */
  readonly isAtAsked: boolean;
  readonly stale: boolean;
  readonly ifNoneMatch: string | undefined;
}

/** A copy has to be checked each time: an accreditation may be withdrawn in the next block. */
const CHECKED = "public, no-cache";
/** What was known as of a block that stays, about a moment that was named, never changes. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * An answer about types or accreditations. Its body is the same on every node for the same block and moment: the block in it
 * is the last that changed anything, which all nodes know, and what a node knows beyond that is in the headers.
 */
export function accreditationResponse(content: object, facts: TrustFacts): Answer {
  const { newest, lastChange, asked, at, isAtAsked, stale, ifNoneMatch } = facts;
  const asOf = lastChange && { block: lastChange.number, hash: lastChange.hash, time: dateTime(lastChange.time) };
  const isImmutable = asked !== undefined && asked <= newest.finalizedBlock && (at === undefined || isAtAsked);
  const shown = asked === undefined ? newest : lastChange;
  const headers = {
    etag: `W/"${tagOf(JSON.stringify(content))}"`,
    "cache-control": isImmutable ? IMMUTABLE : CHECKED,
    ...(shown && {
      "mapae-as-of": `${shown.number} ${shown.hash} ${dateTime(shown.time)}`,
      "mapae-finalized": String(shown.number <= newest.finalizedBlock),
    }),
    ...(at !== undefined && { "mapae-at": dateTime(at) }),
    ...(stale && { "mapae-stale": "true" }),
  };
  if (matchesTag(ifNoneMatch, headers.etag)) return { status: 304, headers, body: "" };
  return json({ asOf: asOf ?? null, ...(at !== undefined && { at: dateTime(at) }), ...content }, { headers });
}
