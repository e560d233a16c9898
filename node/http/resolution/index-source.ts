import type { MapaeDid } from "../../../resolver/did/did.ts";
import { keyCache } from "../../../resolver/did/key-cache.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import {
  type AsOf,
  answerMetadata,
  latestMoment,
  latestVersion,
  type Resolution,
  type ResolutionContext,
  resolveLatest,
  resolveVersion,
} from "../../../resolver/resolution/resolve.ts";
import type { ResolutionMetadata } from "../../../resolver/resolution/source.ts";
import type { LiveIndex } from "../../index/live-index.ts";
import { ReadyDocuments } from "./ready-documents.ts";
import type { ResolutionSource } from "./resolution-source.ts";

export interface IndexSourceOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  /** Why the node can't answer now; `undefined` when it can. */
  readonly unfit: () => string | undefined;
  /** Whether answers have to be marked as stale. */
  readonly stale: () => boolean;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** Resolves from a node's index: the newest version synchronously, an older one after reading the history. */
export function indexSource(options: IndexSourceOptions): Required<ResolutionSource> {
  const { index, network, unfit, stale, now } = options;
  const keyOf = keyCache();
  const readyDocuments = new ReadyDocuments();
  let current:
    | {
        readonly asOf: AsOf;
        readonly at: number;
        readonly isStale: boolean;
        readonly resolutionMetadata: ResolutionMetadata;
      }
    | undefined;
  index.onChange((changed) => {
    for (const { kind, id } of changed) if (kind === "did") readyDocuments.drop(id);
  });

  return {
    resolve(did, version) {
      const context = contextOf(did);
      if (version.versionId === undefined && version.versionTime === undefined)
        return marked(resolveLatest(context, stateOf(context)));
      expectKnown(index.state("did", did.address), context);
      return resolveVersion(context, index.events("did", did.address), version).then(marked);
    },
    ready: {
      metadata() {
        const moment = { asOf: fitAsOf(), now: now() };
        return described(moment.asOf, latestMoment(moment));
      },
      newest(did, representation) {
        const context = contextOf(did);
        const at = latestMoment(context);
        // Reads the state only when the document is not cached.
        const { document, cameBefore } = readyDocuments.get(did.address, representation, at, () =>
          latestVersion(context, stateOf(context)),
        );
        return { document, cameBefore, resolutionMetadata: described(context.asOf, at) };
      },
    },
  };

  function contextOf(did: MapaeDid): ResolutionContext {
    return { did, chainId: network.chainId, asOf: fitAsOf(), now: now(), keyOf };
  }

  function fitAsOf(): AsOf {
    const asOf = index.asOf();
    const reason = asOf === undefined ? "no block is known yet" : unfit();
    if (asOf === undefined || reason !== undefined) throw new UnavailableError(`This node can't answer now: ${reason}`);
    return asOf;
  }

  function stateOf(context: ResolutionContext) {
    const state = index.state("did", context.did.address);
    expectKnown(state, context);
    return state;
  }

  function marked(resolution: Resolution) {
    return { ...resolution, resolutionMetadata: mark(resolution.resolutionMetadata) };
  }

  /**
   * The metadata of answers. It is the same object for all answers within a second and a block, so that what is derived from
   * it can be cached.
   */
  function described(asOf: AsOf, at: number): ResolutionMetadata {
    const isStale = stale();
    if (current?.asOf !== asOf || current.at !== at || current.isStale !== isStale) {
      current = { asOf, at, isStale, resolutionMetadata: mark(answerMetadata(asOf, at)) };
    }
    return current.resolutionMetadata;
  }

  function mark(resolutionMetadata: Resolution["resolutionMetadata"]): ResolutionMetadata {
    return stale() ? { ...resolutionMetadata, stale: true } : resolutionMetadata;
  }

  /** Throws when the node is stale and has no state: newer blocks may have written it, so it is unknown, not absent. */
  function expectKnown(found: unknown, { did, asOf }: ResolutionContext): void {
    if (found !== undefined || !stale()) return;
    throw new UnavailableError(`${did.did} is unknown as of block ${asOf.number}, and newer blocks can't be read now`);
  }
}
