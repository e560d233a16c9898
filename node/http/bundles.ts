import { ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { BUNDLE_MEDIA_TYPE } from "../../resolver/proofs/bundle.ts";
import { blockNumber, single } from "../../resolver/resolution/options.ts";
import { heldIndex, type LiveIndex } from "../index/live-index.ts";
import type { Bundles } from "../proofs/bundles.ts";
import type { Answer } from "./answer.ts";
import { notModified, REVALIDATED, shownBlock } from "./caching.ts";
import { typeIdOf } from "./names.ts";
import { expectOptions } from "./options.ts";
import type { Turns } from "./server/turns.ts";
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
    const [named, from] = BUNDLE_OPTIONS.map((name) => single(query, name));
    const since = from === undefined ? undefined : blockNumber(from, "since");
    const types = named ? typesOf(named) : await allTypes(index);
    if (bundles === undefined) throw new UnavailableError("There is no chain to ask for proofs");
    if (types.length === 0) throw new UnavailableError("The network has no credential type yet");
    const found = await turns.take(client, () => bundles.of({ types, since }));
    if (found === undefined) return { status: 204, headers: { "cache-control": "no-store" }, body: "" };
    const { block, bytes, etag } = found;
    const headers = { etag, "cache-control": REVALIDATED, "mapae-as-of": shownBlock(block) };
    const type = { "content-type": BUNDLE_MEDIA_TYPE };
    return notModified(ifNoneMatch, headers) ?? { status: 200, headers: { ...headers, ...type }, body: [bytes] };
  };
}

async function allTypes(index: LiveIndex): Promise<Hash[]> {
  await using held = heldIndex(index);
  return (await held.ids("type")) as Hash[];
}

function typesOf(text: string): Hash[] {
  const types = text.split(",").map(typeIdOf);
  if (types.length <= MAX_BUNDLE_TYPES) return types;
  throw new ResolutionError(
    "INVALID_OPTIONS",
    `Got ${types.length} types, at most ${MAX_BUNDLE_TYPES} are in a bundle`,
  );
}
