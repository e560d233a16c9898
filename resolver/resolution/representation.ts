import { type DidDocument, JWK_METHOD, type Service, type VerificationMethod } from "../did/did-document.ts";
import { ResolutionError } from "../errors.ts";

/** Media types of a DID document: the one of DID 1.1, and the two of DID Core 1.0. */
export const REPRESENTATIONS = ["application/did", "application/did+ld+json", "application/did+json"] as const;
/** One of {@link REPRESENTATIONS}. */
export type Representation = (typeof REPRESENTATIONS)[number];

const RECOVERY_SUITE = "https://w3id.org/security/suites/secp256k1recovery-2020/v2";

/** IRIs of terms that no other context defines, such as the types of services, begin with this. */
export const VOCABULARY = "https://w3id.org/did-mapae/v1#";

/** The IRI of {@link MAPAE_CONTEXT}, by which documents name it: some clients accept contexts only by IRI. */
export const MAPAE_CONTEXT_URL = "https://w3id.org/did-mapae/contexts/v1";

/** The JSON-LD context of the method. Give it to the document loader that expands documents, so that nothing is fetched. */
export const MAPAE_CONTEXT = { "@context": { "@vocab": VOCABULARY } } as const;

const CONTEXTS = {
  "application/did": ["https://www.w3.org/ns/did/v1.1", RECOVERY_SUITE, MAPAE_CONTEXT_URL],
  "application/did+ld+json": [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/suites/jws-2020/v1",
    RECOVERY_SUITE,
    MAPAE_CONTEXT_URL,
  ],
} as const;

/** A DID document in a representation: with the context and the method types of the media type. */
export type RepresentedDocument = DidDocument & { readonly "@context"?: readonly string[] };

/** A document in a representation. The three differ only in the context and in the type of JWK methods. */
export function represent(document: DidDocument, representation: Representation): RepresentedDocument {
  if (representation === "application/did+json") return document;
  const withContext = { "@context": CONTEXTS[representation], ...document };
  if (representation === "application/did+ld+json") return withContext;
  return { ...withContext, verificationMethod: document.verificationMethod.map(asJsonWebKey) };
}

/**
 * A method or service on its own, with the context of documents of the media type (DID Resolution v1, "Example: Dereferencing
 * to verification method").
 */
export function representPart(part: VerificationMethod | Service, representation: Representation): object {
  if (representation === "application/did+json") return part;
  const shown = representation === "application/did" && "publicKeyJwk" in part ? asJsonWebKey(part) : part;
  return { "@context": CONTEXTS[representation], ...shown };
}

/** A document with only an id, for clients that require a document also for a DID that does not exist. */
export function representId(id: string, representation: Representation): object {
  return representation === "application/did+json" ? { id } : { "@context": CONTEXTS[representation], id };
}

/** DID 1.1 has another name for the type of JWK methods. */
function asJsonWebKey(method: VerificationMethod): VerificationMethod {
  return method.publicKeyJwk === undefined ? method : { ...method, type: "JsonWebKey" };
}

/** The document of a representation as `application/did`: the inverse of {@link represent}. */
export function fromDid11({ "@context": _, ...document }: RepresentedDocument): DidDocument {
  const back = (method: VerificationMethod) =>
    method.publicKeyJwk === undefined ? method : { ...method, type: JWK_METHOD };
  return { ...document, verificationMethod: document.verificationMethod.map(back) };
}

/**
 * The representation that a caller's `accept` names.
 * @throws ResolutionError `REPRESENTATION_NOT_SUPPORTED`
 */
export function asRepresentation(mediaType: string): Representation {
  const found = REPRESENTATIONS.find((one) => one === mediaType);
  if (found !== undefined) return found;
  throw new ResolutionError(
    "REPRESENTATION_NOT_SUPPORTED",
    `Got ${JSON.stringify(mediaType.slice(0, 100))}, a DID document is given as ${REPRESENTATIONS.join(", ")}`,
  );
}
