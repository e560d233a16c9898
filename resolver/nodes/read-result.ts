import * as z from "zod/mini";
import type { ServiceEndpoint } from "../did/attribute.ts";
import type { MapaeDid } from "../did/did.ts";
import type { DidDocument } from "../did/did-document.ts";
import { ML_DSA_KEY_BYTES, type MlDsa } from "../did/key.ts";
import { ResolutionError, UnavailableError } from "../errors.ts";
import { parseDateTime } from "../primitives/date-time.ts";
import type { Hash } from "../primitives/hex.ts";
import { parseJsonText } from "../primitives/json.ts";
import { describeIssues, parseBy } from "../primitives/schema.ts";
import { fromDid11 } from "../resolution/representation.ts";
import type { SourceResolution } from "../resolution/source.ts";

const ids = z.array(z.string());
const coordinate = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/, "a coordinate is 32 bytes in base64url"));
const publicKeyJwk = z.union([
  z.strictObject({ kty: z.literal("EC"), crv: z.enum(["P-256", "secp256k1"]), x: coordinate, y: coordinate }),
  z.strictObject({ kty: z.literal("OKP"), crv: z.enum(["Ed25519", "X25519"]), x: coordinate }),
  ...(Object.keys(ML_DSA_KEY_BYTES) as MlDsa[]).map((alg) => {
    const length = Math.ceil((ML_DSA_KEY_BYTES[alg] * 8) / 6);
    const pub = z.string().check(z.regex(/^[A-Za-z0-9_-]*$/, "a key is in base64url"), z.length(length));
    return z.strictObject({ kty: z.literal("AKP"), alg: z.literal(alg), pub });
  }),
]);

/** A document of this method in the representation `application/did`, with its members in their fixed order and no others. */
const document = z.strictObject({
  "@context": z.array(z.string()),
  id: z.string(),
  alsoKnownAs: z.exactOptional(ids),
  verificationMethod: z
    .array(
      z.strictObject({
        id: z.string(),
        type: z.enum(["JsonWebKey", "EcdsaSecp256k1RecoveryMethod2020"]),
        controller: z.string(),
        blockchainAccountId: z.exactOptional(z.string()),
        publicKeyJwk: z.exactOptional(publicKeyJwk),
      }),
    )
    .check(z.minLength(1)),
  assertionMethod: z.exactOptional(ids),
  authentication: z.exactOptional(ids),
  keyAgreement: z.exactOptional(ids),
  capabilityInvocation: z.exactOptional(ids),
  service: z.exactOptional(
    z.array(
      z.strictObject({
        id: z.string(),
        type: z.string(),
        serviceEndpoint: z.custom<ServiceEndpoint>((value) => typeof value === "string" || isObject(value)),
      }),
    ),
  ),
});

const hash = z.string().check(z.regex(/^0x[0-9a-f]{64}$/)) as unknown as z.ZodMiniType<Hash>;
const time = z.string().check(
  z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
  z.refine((text) => parseDateTime(text) !== undefined, "a time is of a day that exists"),
);
const blockNumber = z.string().check(z.regex(/^(?:0|[1-9]\d{0,15})$/));

/** The block and the moment of an answer, in the result or in the headers of a 304. */
export const resolutionMetadataSchema = z.strictObject({
  asOf: z.strictObject({ block: z.int().check(z.minimum(0)), hash, time, finalized: z.boolean() }),
  at: time,
  validityEnded: z.exactOptional(z.array(z.strictObject({ id: z.string(), validTo: time }))),
  stale: z.exactOptional(z.literal(true)),
});

const found = z.strictObject({
  didDocument: z.nullable(document),
  didDocumentMetadata: z.strictObject({
    created: time,
    updated: z.exactOptional(time),
    deactivated: z.exactOptional(z.literal(true)),
    versionId: blockNumber,
    nextUpdate: z.exactOptional(time),
    nextVersionId: z.exactOptional(blockNumber),
  }),
  didResolutionMetadata: z.extend(resolutionMetadataSchema, { contentType: z.literal("application/did") }),
});

const refused = z.object({
  didResolutionMetadata: z.object({ error: z.object({ type: z.string(), detail: z.string() }) }),
});

/** Errors that answer the question, with the HTTP status of each. Any other error means that the node could not be asked. */
const ANSWERED = { NOT_FOUND: 404, INVALID_OPTIONS: 400 } as const;

/**
 * Reads what a node answered to `Accept: application/did-resolution`. The media type of the answer is ignored.
 *
 * @param did the DID that was asked for; the document has to have it as its id.
 * @returns the resolution, or the error that the node answered in place of one: `NOT_FOUND` or `INVALID_OPTIONS`.
 * @throws UnavailableError when the answer is another error, no result, or an impossible result.
 */
export function readResult(
  answer: { readonly status: number; readonly body: string },
  { did, chainId }: { readonly did: MapaeDid; readonly chainId: number },
): SourceResolution | ResolutionError {
  const { status, body } = answer;
  const json = parseJson(body, status);
  const error = refused.safeParse(json).data?.didResolutionMetadata.error;
  if (error !== undefined) return readError(error, status);

  const parsed = parseBy(found, json);
  if (!parsed.success) throw unusable(`HTTP ${status} and no resolution result: ${describeIssues(parsed.error)}`);
  const { didDocument, didDocumentMetadata, didResolutionMetadata } = parsed.data;
  const { contentType: _, ...resolutionMetadata } = didResolutionMetadata;
  const deactivated = didDocumentMetadata.deactivated === true;
  if (status !== (deactivated ? 410 : 200) || (didDocument === null) !== deactivated) {
    throw unusable(`HTTP ${status} and a result that does not go with it`);
  }
  const document = didDocument && fromDid11(didDocument);
  if (document !== null) expectDocumentOf(document, did, chainId);
  return { document, documentMetadata: didDocumentMetadata, resolutionMetadata };
}

function readError({ type, detail }: { type: string; detail: string }, status: number): ResolutionError {
  for (const [code, itsStatus] of Object.entries(ANSWERED)) {
    if (type !== `https://www.w3.org/ns/did#${code}` || status !== itsStatus) continue;
    return new ResolutionError(code as keyof typeof ANSWERED, detail.slice(0, 300));
  }
  throw unusable(`HTTP ${status} and the error ${type}: ${detail}`);
}

/** Rejects a document of another subject or another chain. */
function expectDocumentOf(document: DidDocument, { did }: MapaeDid, chainId: number): void {
  const { id, verificationMethod, service = [], alsoKnownAs: _, ...related } = document;
  if (id !== did) throw unusable(`the document of ${JSON.stringify(id.slice(0, 100))}, wanted that of ${did}`);
  const named = [...verificationMethod, ...service].map((part) => part.id);
  const stranger = [...named, ...Object.values(related).flat()].find((one) => !one.startsWith(`${did}#`));
  if (stranger !== undefined) throw unusable(`a document that names ${JSON.stringify(stranger.slice(0, 100))}`);
  for (const { controller, blockchainAccountId } of verificationMethod) {
    if (controller !== did) throw unusable(`a method that ${JSON.stringify(controller.slice(0, 100))} controls`);
    if (blockchainAccountId !== undefined && !blockchainAccountId.startsWith(`eip155:${chainId}:`)) {
      throw unusable(
        `an account of another chain than ${chainId}: ${JSON.stringify(blockchainAccountId.slice(0, 100))}`,
      );
    }
  }
}

function parseJson(text: string, status: number): unknown {
  try {
    // A deep endpoint of a service would overflow the stack where answers are compared or written.
    return parseJsonText(text);
  } catch (cause) {
    if (cause instanceof RangeError)
      throw unusable(`HTTP ${status} and JSON that is too deep: ${cause.message}`, { cause });
    throw unusable(`HTTP ${status} and something else than JSON`, { cause });
  }
}

function unusable(what: string, options?: ErrorOptions): UnavailableError {
  return new UnavailableError(`it answered ${what.slice(0, 400)}`, options);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
