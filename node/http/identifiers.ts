import type { MapaeDid } from "../../resolver/did.ts";
import { ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { readOptions } from "../../resolver/options.ts";
import type { Representation } from "../../resolver/representation.ts";
import {
  type DidKnowledge,
  describeKnowledge,
  latestMoment,
  type Resolution,
  resolveLatest,
  resolveVersion,
} from "../../resolver/resolve.ts";
import type { RegistryIndex } from "../registry-index.ts";
import {
  DEREFERENCING_RESULT,
  negotiate,
  RESULT,
  SERVED_OF_DOCUMENT,
  SERVED_OF_PART,
  type Served,
  URI_LIST,
  type Wanted,
} from "./accept.ts";
import type { Answer } from "./answer.ts";
import { readOptionsBody } from "./body.ts";
import { dereferencingAnswer } from "./dereferencing-answer.ts";
import { type AnswerFacts, documentAnswer, IN_RESULT } from "./document-answer.ts";
import { isFault, problemOf } from "./problem.ts";
import { ReadyDocuments, readyDocument } from "./ready-documents.ts";
import { refusal } from "./refusal.ts";
import { asksForPart, parseTarget, type Target } from "./target.ts";

export interface IdentifiersOptions {
  readonly index: RegistryIndex;
  readonly network: NetworkDescriptor;
  /** Why nothing can be answered now; `undefined` when the node is fit. */
  readonly unfit: () => string | undefined;
  /** Whether the newest block is older than the staleness policy likes. */
  readonly stale: () => boolean;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Told of each fault of the node; see `isFault`. */
  readonly onFault: (error: unknown) => void;
}

export interface IdentifierRequest {
  /** A DID or DID URL, raw or percent-encoded, then maybe options as a query. */
  readonly target: string;
  readonly accept: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** Of a POST: options as JSON. */
  readonly body?: Buffer | undefined;
}

/**
 * `GET` and `POST /1.0/identifiers/{did or DID URL}` (DID Resolution v1, "HTTP(S) Binding"), as a function from request to
 * answer. The newest version is answered at once; an older one after its history was read.
 */
export function identifiers({ index, network, unfit, stale, now, onFault }: IdentifiersOptions) {
  const readyDocuments = new ReadyDocuments();
  index.onChange((changed) => {
    for (const { kind, id } of changed) if (kind === "did") readyDocuments.drop(id);
  });

  return (request: IdentifierRequest): Answer | Promise<Answer> => {
    let served = SERVED_OF_DOCUMENT;
    const refused = (error: unknown) => {
      if (isFault(error)) onFault(error);
      return refusal(problemOf(error), request.accept, served);
    };
    try {
      const target = parseTarget(request.target);
      if (asksForPart(target)) served = SERVED_OF_PART;
      expectNetwork(target.did);
      if (request.body !== undefined) {
        for (const [name, value] of readOptionsBody(request.body)) target.query.append(name, value);
        if (asksForPart(target)) served = SERVED_OF_PART;
      }
      const answer = resolve(target, request, served);
      return answer instanceof Promise ? answer.catch(refused) : answer;
    } catch (error) {
      return refused(error);
    }
  };

  // The order of the checks is that of the errors in DID Resolution v1: what is wrong with the question comes first.
  function resolve(target: Target, request: IdentifierRequest, served: Served): Answer | Promise<Answer> {
    const { did } = target;
    const options = readOptions(target.query);
    const asOf = index.asOf();
    const reason = asOf === undefined ? "no block is known yet" : unfit();
    if (asOf === undefined || reason !== undefined) throw new UnavailableError(`This node can't answer now: ${reason}`);

    const knowledge: DidKnowledge = { did, chainId: network.chainId, asOf, now: now() };
    const factsOf = (metadata: Resolution["knowledge"]): AnswerFacts => ({
      knowledge: { ...metadata, ...(stale() && { stale: true }) },
      ifNoneMatch: request.ifNoneMatch,
      noCache: options.noCache === true,
    });
    const finish = (resolution: Resolution, wanted: Wanted): Answer => {
      const facts = factsOf(resolution.knowledge);
      if (served === SERVED_OF_DOCUMENT && isOfDocument(wanted)) {
        return documentAnswer(readyDocument(resolution, representationOf(wanted)), wanted, facts);
      }
      return dereferencingAnswer(resolution, { ...target, ...options }, wanted === RESULT ? IN_RESULT : wanted, facts);
    };

    if (options.versionId !== undefined || options.versionTime !== undefined) {
      return index.events("did", did.address).then((events) => {
        expectKnown(events[0], knowledge);
        return finish(resolveVersion(knowledge, events, options), negotiate(request.accept, served));
      });
    }
    // Reads the state: not when the document is ready, and not before it is clear that it is wanted.
    const resolveNewest = () => {
      const state = index.state("did", did.address);
      expectKnown(state, knowledge);
      return resolveLatest(knowledge, state);
    };
    const wanted = negotiateAfter(resolveNewest, request.accept, served);
    if (served === SERVED_OF_PART || !isOfDocument(wanted) || options.noCache) {
      return unlessStale(knowledge, () => finish(resolveNewest(), wanted));
    }
    const at = latestMoment(knowledge);
    const ready = readyDocuments.get(did.address, representationOf(wanted), at, resolveNewest);
    return documentAnswer(ready, wanted, factsOf(describeKnowledge(asOf, at)));
  }

  function expectNetwork(did: MapaeDid): void {
    if (did.network === network.name) return;
    const detail = `Got a DID of network ${did.network}, this node serves ${network.name} only`;
    throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
  }

  /** What is not here may have been written since the chain could be asked: then it is unknown, not absent. */
  function expectKnown(found: unknown, { did, asOf }: DidKnowledge): void {
    if (found !== undefined || !stale()) return;
    throw new UnavailableError(`${did.did} is unknown as of block ${asOf.number}, and newer blocks can't be read now`);
  }

  /** The same for a part of a document. */
  function unlessStale<T>({ asOf }: DidKnowledge, answer: () => T): T {
    try {
      return answer();
    } catch (error) {
      if (!stale() || !(error instanceof ResolutionError) || error.code !== "NOT_FOUND") throw error;
      const detail = `${error.message}, as of block ${asOf.number}, and newer blocks can't be read now`;
      throw new UnavailableError(detail, { cause: error });
    }
  }
}

/** A DID that does not exist is said before a media type that is not served (the order of DID Resolution v1). */
function negotiateAfter(exists: () => unknown, accept: string | undefined, served: Served): Wanted {
  try {
    return negotiate(accept, served);
  } catch (error) {
    exists();
    throw error;
  }
}

function isOfDocument(wanted: Wanted): wanted is typeof RESULT | Representation {
  return wanted !== DEREFERENCING_RESULT && wanted !== URI_LIST;
}

function representationOf(wanted: typeof RESULT | Representation): Representation {
  return wanted === RESULT ? IN_RESULT : wanted;
}
