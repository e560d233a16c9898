import { ResolutionError } from "../../resolver/errors.ts";
import { readOptions } from "../../resolver/resolution/options.ts";
import type { Answer } from "../http/answer.ts";
import { DEREFERENCING_RESULT, negotiate, SERVED_OF_DOCUMENT, type Served } from "../http/negotiation/accept.ts";
import { isFault, type Problem, problemOf } from "../http/problem.ts";
import { refusal } from "../http/refusal.ts";
import { documentAnswer } from "../http/resolution/document-answer.ts";
import type { IdentifierRequest } from "../http/resolution/identifiers.ts";
import { readyTexts } from "../http/resolution/ready-documents.ts";
import { readOptionsBody } from "../http/server/body.ts";
import { asksForPart, parseTarget } from "../http/server/target.ts";
import { parseEthrDid } from "./ethr-did.ts";
import type { EthrQuestion, EthrRepresentation, EthrResolution } from "./ethr-source.ts";

/** The library supports representations of DID Core 1.0 only. */
const SERVED: Served = {
  offers: SERVED_OF_DOCUMENT.offers.filter(([type]) => type !== "application/did" && type !== DEREFERENCING_RESULT),
  inResult: "application/did+ld+json",
};

export interface EthrIdentifiersOptions {
  readonly chainId: number;
  readonly resolve: (question: EthrQuestion) => Promise<EthrResolution>;
  readonly onFault: (error: unknown) => void;
  readonly mapProblem: (problem: Problem) => Problem;
}

/** Whether a request target is a DID URL of the method ethr, raw or percent-encoded. */
export function isEthrTarget(target: string): boolean {
  try {
    return decodeURIComponent(target.split("?", 1)[0] ?? "").startsWith("did:ethr:");
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

/**
 * `GET` and `POST /1.0/identifiers/{did:ethr}`, like `identifiers` for did:mapae. DID URLs with a path or fragment are not
 * dereferenced.
 */
export function ethrIdentifiers({ chainId, resolve, onFault, mapProblem }: EthrIdentifiersOptions) {
  return async (request: IdentifierRequest): Promise<Answer> => {
    try {
      return await answer(request);
    } catch (error) {
      if (isFault(error)) onFault(error);
      return refusal(mapProblem(problemOf(error)), request.accept, SERVED);
    }
  };

  async function answer({ target, accept, ifNoneMatch, body }: IdentifierRequest): Promise<Answer> {
    const asked = parseTarget(target, (did) => parseEthrDid(did, chainId));
    for (const [name, value] of body === undefined ? [] : readOptionsBody(body)) asked.query.append(name, value);
    if (asksForPart(asked)) {
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", "Got a DID URL, of did:ethr only DIDs are resolved here");
    }
    const { versionId, versionTime, noCache = false } = readOptions(asked.query);
    if (versionTime !== undefined) {
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", "Got versionTime, did:ethr has versionId only");
    }
    // Negotiated before resolving: every address has a document, so no "not found" takes precedence.
    const wanted = negotiate(accept, SERVED);
    const representation = wanted.representation as EthrRepresentation;
    const { document, documentMetadata, resolutionMetadata } = await resolve({
      did: asked.did,
      versionId,
      representation,
    });
    const ready = readyTexts(document, documentMetadata);
    return documentAnswer(ready, wanted, { resolutionMetadata, ifNoneMatch, noCache });
  }
}
