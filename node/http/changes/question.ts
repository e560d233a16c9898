import { ResolutionError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { Subject } from "../../../resolver/registry-event.ts";
import { single } from "../../../resolver/resolution/options.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { IS_ID, listNameOf, ownDid } from "../names.ts";
import { expectOptions } from "../options.ts";
import { DEFAULT_CHANGES, type FeedQuestion, MAX_CHANGES, placeOf } from "./feed.ts";

/** Options of the feed: kind and id of a subject, and the page. */
export const FEED_OPTIONS = ["kind", "subject", "before", "limit"] as const;

/**
 * @throws ResolutionError `INVALID_OPTIONS`, and `INVALID_DID` or `FEATURE_NOT_SUPPORTED` for a DID that is invalid or of
 * another network.
 */
export function readQuestion(query: URLSearchParams, network: string): FeedQuestion {
  expectOptions(query, FEED_OPTIONS);
  const [kind, subject, before, limit] = FEED_OPTIONS.map((name) => single(query, name));
  if ((kind === undefined) !== (subject === undefined))
    throw wrong(kind ?? subject ?? "", "kind and subject", "both or none");
  return {
    subject: kind === undefined || subject === undefined ? undefined : subjectOf(kind, subject, network),
    before: before === undefined ? undefined : placeOf(before, "before"),
    limit: limit === undefined ? DEFAULT_CHANGES : limitOf(limit),
  };
}

function subjectOf(kind: string, id: string, network: string): Subject {
  switch (kind) {
    case "did":
      return { kind, id: ownDid(id, network).address };
    case "type":
    case "grant":
      if (IS_ID.test(id)) return { kind, id: id as Hash };
      throw wrong(id, "subject", "0x and 64 hex digits");
    case "list": {
      const list = listNameOf(id);
      if (list !== undefined) return { kind, id: listIdOf(list.issuer, list.number) };
      throw wrong(id, "subject", "the issuer's address in lower case, a slash and the list's number");
    }
    default:
      throw wrong(kind, "kind", "did, type, grant or list");
  }
}

function limitOf(text: string): number {
  const limit = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_CHANGES) return limit;
  throw wrong(text, "limit", `a whole number from 1 to ${MAX_CHANGES}`);
}

function wrong(got: string, what: string, wanted: string): ResolutionError {
  return new ResolutionError(
    "INVALID_OPTIONS",
    `Got ${JSON.stringify(got.slice(0, 100))} as ${what}, wanted ${wanted}`,
  );
}
