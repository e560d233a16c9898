import { parseDid } from "../../../resolver/did/did.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import type { Subject } from "../../../resolver/registry-event.ts";
import { single } from "../../../resolver/resolution/options.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { DEFAULT_CHANGES, type FeedQuestion, MAX_CHANGES, placeOf } from "./feed.ts";

/** Options of the feed: kind and id of a subject, and the page. */
export const FEED_OPTIONS = ["kind", "subject", "before", "limit"] as const;

const LIST = /^(?<issuer>0x[0-9a-f]{40})\/(?<number>0|[1-9][0-9]{0,77})$/;

/**
 * @throws ResolutionError `INVALID_OPTIONS`, and `INVALID_DID` or `FEATURE_NOT_SUPPORTED` for a DID that is invalid or of
 * another network.
 */
export function readQuestion(query: URLSearchParams, network: string): FeedQuestion {
  const unknown = [...new Set(query.keys())].filter((name) => !FEED_OPTIONS.some((one) => one === name));
  if (unknown.length > 0) throw wrong(unknown[0] ?? "", "an option", FEED_OPTIONS.join(", "));
  const [kind, subject, before, limit] = FEED_OPTIONS.map((name) =>
    query.has(name) ? single(query, name) : undefined,
  );
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
    case "did": {
      const did = parseDid(id);
      if (did.network === network) return { kind, id: did.address };
      throw new ResolutionError(
        "FEATURE_NOT_SUPPORTED",
        `Got a DID of network ${did.network}, this node serves ${network} only`,
      );
    }
    case "type":
    case "grant":
      if (/^0x[0-9a-f]{64}$/.test(id)) return { kind, id: id as Hash };
      throw wrong(id, "subject", "0x and 64 hex digits");
    case "list": {
      const { issuer, number } = LIST.exec(id)?.groups ?? {};
      if (issuer === undefined || number === undefined || BigInt(number) >= 2n ** 256n) {
        throw wrong(id, "subject", "the issuer's address in lower case, a slash and the list's number");
      }
      return { kind, id: listIdOf(issuer as Address, BigInt(number)) };
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
