import { ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { BUNDLE_MEDIA_TYPE } from "../../resolver/proofs/bundle.ts";
import { blockNumber, single } from "../../resolver/resolution/options.ts";
import { dateTime } from "../../resolver/resolution/resolve.ts";
import type { LiveIndex } from "../index/live-index.ts";
import type { Bundles } from "../proofs/bundles.ts";
import type { Answer } from "./answer.ts";
import { matchesTag } from "./negotiation/entity-tags.ts";
import type { Turns } from "./server/turns.ts";
import { expectOptions, typeIdOf } from "./trust/options.ts";
import type { TrustRequest } from "./trust/trust.ts";

/** The options of `/bundles`. */
export const BUNDLE_OPTIONS = ["types", "since"] as const;

/** Maximum number of types of one bundle. */
export const MAX_BUNDLE_TYPES = 100;

export interface BundleRouteOptions {
  /** `undefined` in a program without a chain. */
  readonly bundles: Bundles | undefined;
  readonly index: LiveIndex;
  /** Limits how many bundles are made at the same time. */
  readonly turns: Turns;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
}

/** `GET /bundles?types=&since=`: a bundle for gates, as of the newest block that can be proven. */
export function bundleRoute({ bundles, index, turns, expectFit }: BundleRouteOptions) {
  return async ({ query, ifNoneMatch, client }: TrustRequest): Promise<Answer> => {
    expectFit();
    expectOptions(query, BUNDLE_OPTIONS);
    const since = query.has("since") ? blockNumber(single(query, "since"), "since") : undefined;
    const types = query.get("types") ? typesOf(single(query, "types")) : ((await index.ids("type")) as Hash[]);
    if (bundles === undefined) throw new UnavailableError("There is no chain to ask for proofs");
    if (types.length === 0) throw new UnavailableError("The network has no credential type yet");
    const found = await turns.take(client, () => bundles.of({ types, since }));
    if (found === undefined) return { status: 204, headers: { "cache-control": "no-store" }, body: "" };
    const { block, bytes, etag } = found;
    const headers = {
      etag,
      "cache-control": "public, no-cache",
      "mapae-as-of": `${block.number} ${block.hash} ${dateTime(block.time)}`,
    };
    if (matchesTag(ifNoneMatch, etag)) return { status: 304, headers, body: "" };
    return { status: 200, headers: { ...headers, "content-type": BUNDLE_MEDIA_TYPE }, body: [bytes] };
  };
}

function typesOf(text: string): Hash[] {
  const types = text.split(",").map(typeIdOf);
  if (types.length <= MAX_BUNDLE_TYPES) return types;
  throw new ResolutionError(
    "INVALID_OPTIONS",
    `Got ${types.length} types, at most ${MAX_BUNDLE_TYPES} are in a bundle`,
  );
}
