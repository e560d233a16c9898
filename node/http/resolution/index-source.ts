import { readKey } from "../../../resolver/did/attribute.ts";
import type { MapaeDid } from "../../../resolver/did/did.ts";
import { keyCache } from "../../../resolver/did/key-cache.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import {
  answerMetadata,
  latestMoment,
  latestVersion,
  type Resolution,
  type ResolutionContext,
  resolveLatest,
  resolveVersion,
} from "../../../resolver/resolution/resolve.ts";
import type { ResolutionMetadata } from "../../../resolver/resolution/source.ts";
import { type LiveIndex, newestOf } from "../../index/live-index.ts";
import { type NodeState, throwIfUnfit } from "../../runtime/status.ts";
import { ReadyDocuments } from "./ready-documents.ts";
import type { ResolutionSource } from "./resolution-source.ts";

export interface IndexSourceOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  /** The state of the node: whether it can answer, and whether answers have to be marked as stale. */
  readonly state: () => NodeState;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** A question, with the facts by which it is answered. */
interface Context extends ResolutionContext {
  readonly isStale: boolean;
}

/** The facts by which all questions of one moment are answered. */
interface Moment extends Pick<Context, "asOf" | "now" | "isStale"> {
  readonly resolutionMetadata: ResolutionMetadata;
}

/** Resolves from a node's index: the newest version synchronously, an older one after reading the history. */
export function indexSource({ index, network, state, now }: IndexSourceOptions): Required<ResolutionSource> {
  const keyOf = keyCache();
  const readyDocuments = new ReadyDocuments();
  let current: Moment | undefined;
  index.onChange((changed, isReplaced) => {
    if (isReplaced) readyDocuments.clear();
    for (const { kind, id } of changed) if (kind === "did") readyDocuments.drop(id);
  });

  return {
    resolve(did, version) {
      const context = contextOf(did);
      const marked = (resolution: Resolution) => {
        const { resolutionMetadata } = resolution;
        return { ...resolution, resolutionMetadata: marking(resolutionMetadata, context.isStale) };
      };
      if (version.versionId === undefined && version.versionTime === undefined)
        return marked(resolveLatest(context, stateOf(context)));
      expectKnown(index.state("did", did.address), context);
      return resolveVersion(context, index.events("did", did.address), version).then(marked);
    },
    ready: {
      metadata: () => moment().resolutionMetadata,
      newest(did, representation) {
        const context = contextOf(did);
        // Reads the state only when the document is not cached, and keys without their cache: most are of a document that
        // is requested only once, and the keys of the others are in their cached documents.
        const { document, cameBefore } = readyDocuments.get(did.address, representation, latestMoment(context), () =>
          latestVersion({ ...context, keyOf: readKey }, stateOf(context)),
        );
        return { document, cameBefore, resolutionMetadata: context.resolutionMetadata };
      },
    },
  };

  function contextOf(did: MapaeDid) {
    return { did, chainId: network.chainId, keyOf, ...moment() };
  }

  /**
   * The same object for all answers within a second and a block, so that what is derived from it can be cached.
   * @throws UnavailableError when the node can't answer.
   */
  function moment(): Moment {
    const asOf = newestOf(index);
    const standing = state();
    throwIfUnfit(standing);
    const isStale = standing.kind === "stale";
    const second = now();
    if (current?.asOf !== asOf || current.now !== second || current.isStale !== isStale) {
      const metadata = answerMetadata(asOf, latestMoment({ asOf, now: second }));
      current = { asOf, now: second, isStale, resolutionMetadata: marking(metadata, isStale) };
    }
    return current;
  }

  function stateOf(context: Context) {
    const found = index.state("did", context.did.address);
    expectKnown(found, context);
    return found;
  }
}

function marking(resolutionMetadata: Resolution["resolutionMetadata"], isStale: boolean): ResolutionMetadata {
  return isStale ? { ...resolutionMetadata, stale: true } : resolutionMetadata;
}

/** Throws when the node is stale and has no state: newer blocks may have written it, so it is unknown, not absent. */
function expectKnown(found: unknown, { did, asOf, isStale }: Context): void {
  if (found !== undefined || !isStale) return;
  throw new UnavailableError(`${did.did} is unknown as of block ${asOf.number}, and newer blocks can't be read now`);
}
