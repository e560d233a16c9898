import { type MapaeDid, parseDid } from "../../../resolver/did/did.ts";
import { ResolutionError, UnavailableError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { type DidUrlOptions, readOptions } from "../../../resolver/resolution/options.ts";
import { type Representation, represent } from "../../../resolver/resolution/representation.ts";
import type { ResolutionMetadata, SourceResolution } from "../../../resolver/resolution/source.ts";
import type { ReadyProof } from "../../proofs/proofs.ts";
import type { Answer } from "../answer.ts";
import type { Client } from "../clients/clients.ts";
import { HotAnswers } from "../hot-answers.ts";
import { expectNetwork } from "../names.ts";
import {
  acceptable,
  DEREFERENCING_RESULT,
  negotiate,
  RESULT,
  SERVED_OF_DOCUMENT,
  SERVED_OF_PART,
  type Served,
  URI_LIST,
  type Wanted,
} from "../negotiation/accept.ts";
import { isFault, type Problem, problemOf } from "../problem.ts";
import { refusal } from "../refusal.ts";
import { readOptionsBody } from "../server/body.ts";
import { asksForPart, parseTarget, type Target } from "../server/target.ts";
import type { Turns } from "../server/turns.ts";
import { dereferencingAnswer } from "./dereferencing-answer.ts";
import { type AnswerFacts, documentAnswer } from "./document-answer.ts";
import { provenAnswer } from "./proven-answer.ts";
import { readyTexts } from "./ready-documents.ts";
import type { ReadySource, ResolutionSource } from "./resolution-source.ts";

export interface IdentifiersOptions {
  readonly source: ResolutionSource;
  readonly network: NetworkDescriptor;
  /** Proves a DID; `undefined` when nothing can be proven. */
  readonly prove?: (did: MapaeDid, client: Client | undefined) => Promise<ReadyProof>;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Limits how many questions about the past are answered at the same time. */
  readonly turns: Turns;
  /** Called with each fault of the node; see `isFault`. */
  readonly onFault: (error: unknown) => void;
  /** Transforms a problem for clients that need another form. */
  readonly mapProblem?: (problem: Problem) => Problem;
  /** Replaces the document of a deactivated DID, for clients that need one; by default `null`. */
  readonly showDeactivated?: (did: string, representation: Representation) => object | null;
}

export interface IdentifierRequest {
  /** A DID or DID URL, raw or percent-encoded, optionally followed by options as a query. */
  readonly target: string;
  readonly accept: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** The client; `undefined` when it can't be identified. */
  readonly client?: Client | undefined;
  /** For a POST: options as JSON. */
  readonly body?: Buffer | undefined;
}

/**
 * `GET` and `POST /1.0/identifiers/{did or DID URL}` (DID Resolution v1, "HTTP(S) Binding"), as a function from request to
 * answer. It is synchronous when the source is.
 */
export function identifiers({
  source,
  network,
  turns,
  prove,
  now,
  onFault,
  mapProblem = (problem) => problem,
  showDeactivated = () => null,
}: IdentifiersOptions) {
  const hot = source.ready && hotDocuments(source.ready);
  return (request: IdentifierRequest): Answer | Promise<Answer> => {
    let served = SERVED_OF_DOCUMENT;
    const refused = (error: unknown) => {
      if (isFault(error)) onFault(error);
      return refusal(mapProblem(problemOf(error)), request.accept, served);
    };
    try {
      const known = request.body === undefined ? hot?.again(request, request.ifNoneMatch) : undefined;
      if (known !== undefined) return known;
      const target = parseTarget(request.target, parseDid);
      if (asksForPart(target)) served = SERVED_OF_PART;
      expectNetwork(target.did, network.name);
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

  // The checks follow the order of errors in DID Resolution v1: faults of the question come first.
  function resolve(target: Target, request: IdentifierRequest, served: Served): Answer | Promise<Answer> {
    const { did } = target;
    const options = readOptions(target.query);
    const isNewest = options.versionId === undefined && options.versionTime === undefined;
    const noCache = options.noCache === true;
    const factsOf = (resolutionMetadata: ResolutionMetadata): AnswerFacts => ({
      resolutionMetadata,
      ifNoneMatch: request.ifNoneMatch,
      noCache,
    });

    if (options.proof === true) return proven(target, options, request, served);
    const first = acceptable(request.accept, served);
    if (source.ready && isNewest && !noCache && served === SERVED_OF_DOCUMENT && isOfDocument(first)) {
      const { document, resolutionMetadata, cameBefore } = source.ready.newest(did, first.representation);
      const isPlain = request.body === undefined && request.ifNoneMatch === undefined;
      // An answer is cached only when its document was requested before, because most documents of a large network are
      // requested only once.
      const kept = isPlain && cameBefore ? hot?.keep(request, { did, wanted: first }) : undefined;
      return kept ?? documentAnswer(document, first, factsOf(resolutionMetadata));
    }
    const finish = (resolution: SourceResolution): Answer => {
      const facts = factsOf(resolution.resolutionMetadata);
      // A DID that does not exist takes precedence over a media type that is not served.
      const wanted = negotiate(request.accept, served);
      if (served === SERVED_OF_DOCUMENT && isOfDocument(wanted)) {
        const { document, documentMetadata } = resolution;
        const shown =
          document === null
            ? showDeactivated(did.did, wanted.representation)
            : represent(document, wanted.representation);
        return documentAnswer(readyTexts(shown, documentMetadata), wanted, facts);
      }
      const part = { ...target, ...options };
      const answer = () => dereferencingAnswer(resolution, part, wanted, facts);
      return isNewest && resolution.resolutionMetadata.stale
        ? unlessUnknown(resolution.resolutionMetadata, answer)
        : answer();
    };
    if (!isNewest) return turns.take(request.client, async () => finish(await source.resolve(did, options)));
    const resolution = source.resolve(did, options);
    return resolution instanceof Promise ? resolution.then(finish) : finish(resolution);
  }

  async function proven(
    { did }: Target,
    { versionId, versionTime, noCache = false }: DidUrlOptions,
    { accept, client }: IdentifierRequest,
    served: Served,
  ): Promise<Answer> {
    if (prove === undefined || served !== SERVED_OF_DOCUMENT) {
      const detail =
        prove === undefined ? "Nothing is proven here" : "A part of a document is not proven, wanted a DID";
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", `Got the option proof: ${detail}`);
    }
    const wanted = negotiate(accept, served);
    if (!isOfDocument(wanted) || wanted.type !== RESULT) {
      throw new ResolutionError("INVALID_OPTIONS", `proof is a part of a resolution result, wanted Accept ${RESULT}`);
    }
    const version = {
      ...(versionId !== undefined && { versionId }),
      ...(versionTime !== undefined && { versionTime }),
    };
    const proof = await prove(did, client);
    // The ETag does not cover the block of the proof, so the answer is never 304.
    const facts = { ifNoneMatch: undefined, noCache };
    const answer = await provenAnswer({ network, did, version, proof, wanted, now: now(), facts });
    const isOpen = versionId === undefined && (versionTime === undefined || versionTime > proof.block.time);
    if (answer.status === 404 && isOpen) await expectAbsent(did, proof);
    return answer;
  }

  /** Throws when a DID that is absent as of the proof's block was written since, or when that can't be known now. */
  async function expectAbsent(did: MapaeDid, { block }: ReadyProof): Promise<void> {
    try {
      await source.resolve(did, {});
    } catch (error) {
      if (error instanceof ResolutionError && error.code === "NOT_FOUND") return;
      throw error;
    }
    throw new UnavailableError(`${did.did} can be proven up to block ${block.number} only now: ask again later`);
  }
}

function hotDocuments(ready: ReadySource) {
  return new HotAnswers<{ readonly did: MapaeDid; readonly wanted: Wanted }>({
    moment: ready.metadata,
    make({ did, wanted }, ifNoneMatch) {
      const { document, resolutionMetadata } = ready.newest(did, wanted.representation);
      return documentAnswer(document, wanted, { resolutionMetadata, ifNoneMatch, noCache: false });
    },
  });
}

/** A part that is missing in a stale document may have been written since, so it is unknown, not absent. */
function unlessUnknown<T>({ asOf }: ResolutionMetadata, answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof ResolutionError) || error.code !== "NOT_FOUND") throw error;
    const detail = `${error.message}, as of block ${asOf.block}, and newer blocks can't be read now`;
    throw new UnavailableError(detail, { cause: error });
  }
}

function isOfDocument(wanted: Wanted | undefined): wanted is Wanted {
  return wanted !== undefined && wanted.type !== DEREFERENCING_RESULT && wanted.type !== URI_LIST;
}
