import { ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { readVersionOptions } from "../../resolver/options.ts";
import type { Representation } from "../../resolver/representation.ts";
import {
  type DidKnowledge,
  describeKnowledge,
  type KnowledgeMetadata,
  latestMoment,
  resolveLatest,
  resolveVersion,
} from "../../resolver/resolve.ts";
import type { RegistryIndex } from "../registry-index.ts";
import { negotiate, RESULT, type Wanted } from "./accept.ts";
import { type Answer, json } from "./answer.ts";
import { isFault, problemAnswer, problemOf, retryAfter } from "./problem.ts";
import { type ReadyDocument, ReadyDocuments, readyDocument } from "./ready-documents.ts";
import { parseTarget } from "./target.ts";

/** The representation of the document inside a whole result. */
const IN_RESULT: Representation = "application/did";

/** A client's copy must be checked each time: a key may be revoked in the next block. The ETag makes that cheap. */
const CACHE_CONTROL = "public, no-cache";

const DOCUMENT_MEMBER = Buffer.from('{"didDocument":');
const METADATA_MEMBER = Buffer.from(',"didDocumentMetadata":');

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
  readonly ifNoneMatch: string | undefined;
}

/**
 * `GET /1.0/identifiers/{did}` (DID Resolution v1, "HTTP(S) Binding"), as a function from request to answer. The newest
 * version is answered at once; an older one after its history was read.
 */
export function identifiers({ index, network, unfit, stale, now, onFault }: IdentifiersOptions) {
  const readyDocuments = new ReadyDocuments();
  index.onChange((changed) => {
    for (const { kind, id } of changed) if (kind === "did") readyDocuments.drop(id);
  });

  return (request: IdentifierRequest): Answer | Promise<Answer> => {
    const refused = (error: unknown) => {
      if (isFault(error)) onFault(error);
      return refusal(problemOf(error), request.accept);
    };
    try {
      const answer = resolve(request);
      return answer instanceof Promise ? answer.catch(refused) : answer;
    } catch (error) {
      return refused(error);
    }
  };

  // The order of the checks is that of the errors in DID Resolution v1: what is wrong with the question comes first.
  function resolve({ target, accept, ifNoneMatch }: IdentifierRequest): Answer | Promise<Answer> {
    const { did, query } = parseTarget(target);
    if (did.network !== network.name) {
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", `This node serves ${network.name}, not ${did.network}`);
    }
    const version = readVersionOptions(query);
    const asOf = index.asOf();
    const reason = asOf === undefined ? "no block is known yet" : unfit();
    if (asOf === undefined || reason !== undefined) throw new UnavailableError(`This node can't answer now: ${reason}`);

    const knowledge: DidKnowledge = { did, chainId: network.chainId, asOf, now: now() };
    const finish = (ready: ReadyDocument, metadata: KnowledgeMetadata, wanted: Wanted) =>
      documentAnswer(ready, { ...metadata, ...(stale() && { stale: true }) }, wanted, ifNoneMatch);

    if (version.versionId !== undefined || version.versionTime !== undefined) {
      return index.events("did", did.address).then((events) => {
        expectKnown(events[0], knowledge);
        const resolution = resolveVersion(knowledge, events, version);
        const wanted = negotiate(accept);
        return finish(readyDocument(resolution, representationOf(wanted)), resolution.knowledge, wanted);
      });
    }
    // Reads the state: not when the document is ready, and not before it is clear that it is wanted.
    const resolveNewest = () => {
      const state = index.state("did", did.address);
      expectKnown(state, knowledge);
      return resolveLatest(knowledge, state);
    };
    const wanted = negotiateAfter(resolveNewest, accept);
    const at = latestMoment(knowledge);
    const ready = readyDocuments.get(did.address, representationOf(wanted), at, resolveNewest);
    return finish(ready, describeKnowledge(asOf, at), wanted);
  }

  /** What is not here may have been written since the chain could be asked: then it is unknown, not absent. */
  function expectKnown(found: unknown, { did, asOf }: DidKnowledge): void {
    if (found !== undefined || !stale()) return;
    throw new UnavailableError(`${did.did} is unknown as of block ${asOf.number}, and newer blocks can't be read now`);
  }
}

/** A DID that does not exist is said before a media type that is not served (the order of DID Resolution v1). */
function negotiateAfter(exists: () => unknown, accept: string | undefined): Wanted {
  try {
    return negotiate(accept);
  } catch (error) {
    exists();
    throw error;
  }
}

function representationOf(wanted: Wanted): Representation {
  return wanted === RESULT ? IN_RESULT : wanted;
}

function documentAnswer(
  { document, metadata, digest, deactivated }: ReadyDocument,
  knowledge: KnowledgeMetadata & { stale?: boolean },
  wanted: Wanted,
  ifNoneMatch: string | undefined,
): Answer {
  const { asOf, at, stale } = knowledge;
  const status = deactivated ? 410 : 200;
  // Weak: the block that an answer holds as of is not in it. The media type is: a cache must not mix a result and a document.
  const etag = `W/"${digest}.${wanted.slice("application/".length)}"`;
  const headers = {
    etag,
    "cache-control": CACHE_CONTROL,
    vary: "accept",
    "mapae-as-of": `${asOf.block} ${asOf.hash} ${asOf.time}`,
    "mapae-at": at,
    "mapae-finalized": String(asOf.finalized),
    ...(stale && { "mapae-stale": "true" }),
  };
  // What is gone is said again: a condition counts only where the answer were a 2xx (RFC 9110, section 13.2.1).
  if (status === 200 && matches(ifNoneMatch, etag)) return { status: 304, headers, body: "" };

  if (wanted !== RESULT) return json([document], { status, type: wanted, headers });
  const resolution = JSON.stringify({ contentType: IN_RESULT, ...knowledge });
  const end = Buffer.from(`,"didResolutionMetadata":${resolution}}`);
  return json([DOCUMENT_MEMBER, document, METADATA_MEMBER, metadata, end], { status, type: RESULT, headers });
}

/** RFC 9110, section 13.1.2: a weak comparison with any of the tags. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag.slice(2));
}

/** An error inside a result for who wants results, else problem details of their own. */
function refusal(problem: ReturnType<typeof problemOf>, accept: string | undefined): Answer {
  let wanted: Wanted | undefined;
  try {
    wanted = negotiate(accept);
  } catch (error) {
    if (!(error instanceof ResolutionError)) throw error;
  }
  if (wanted !== RESULT) return problemAnswer(problem);
  const result = { didDocument: null, didDocumentMetadata: {}, didResolutionMetadata: { error: problem } };
  return json(result, { status: problem.status, type: RESULT, headers: retryAfter(problem) });
}
