import { Openid4vpClient } from "@openid4vc/openid4vp";
import { DcqlQuery } from "dcql";
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import type { DidDocument } from "../../../../../resolver/index.ts";
import type { Network } from "../../../shared/take-evidence.ts";
import { hash, quietFetch } from "../cards/openid.ts";
import type { Directory } from "../directory/directory.ts";
import { type StoredFacts, storedFacts } from "../directory/who-asks.ts";
import { RequestError } from "./request-error.ts";

/** A request with a valid signature: the verifier is authenticated, but its accreditation is not judged yet. */
export interface PresentationRequest {
  /** The verifier's name for the `aud` of a key binding. */
  readonly clientId: string;
  readonly did: string;
  readonly known: StoredFacts;
  readonly nonce: string;
  readonly query: DcqlQuery.Output;
  /** URI of the purpose that the verifier claims, not verified yet. */
  readonly purpose: string | undefined;
  /** How to answer: to the verifier's server, or as a QR code to the gate that shows the request. */
  readonly answerBy: "post" | "qr";
  /** The claims of the signed request object. */
  readonly payload: Readonly<Record<string, unknown>>;
}

const PREFIX = "decentralized_identifier:";

/** Seconds by which the clocks of a gate and a phone may differ. */
const CLOCK_SKEW = 60;

/** The algorithms by curve; a wallet supports no others. */
const ALGORITHMS: Readonly<Record<string, string>> = { "P-256": "ES256", Ed25519: "EdDSA" };

/** The format of an entry of `verifier_info` whose data is a purpose's URI. */
const PURPOSE_FORMAT = "mapae_purpose";

/**
 * Reads a request (OpenID4VP 1.0): the link of a QR code or of a page on this device, with the signed request itself, or with
 * the URL to fetch it from. Only the verifier gets a request.
 *
 * @throws RequestError
 */
export async function readRequest(text: string, network: Network, directory: Directory): Promise<PresentationRequest> {
  const { clientId, params } = linkOf(text);
  const did = clientId.slice(PREFIX.length);
  const known = await storedFacts(network, directory, did);
  if (known === undefined) {
    throw new RequestError("REQUEST_UNKNOWN_VERIFIER", `Nothing is kept of ${did}: look it up`, { did });
  }
  const { document } = known;
  if (document === undefined) throw new RequestError("REQUEST_NO_DOCUMENT", `${did} has no DID document`, { did });
  const byValue = params.get("request");
  const payload = byValue === null ? await fetched(text, document) : await signedBy(document, byValue);
  if (payload.client_id !== clientId) throw new RequestError("REQUEST_MALFORMED", "It names two verifiers", { did });
  expectInTime(payload, did);
  if (typeof payload.nonce !== "string") throw new RequestError("REQUEST_MALFORMED", "It has no nonce", { did });
  const isByQr = payload.response_mode === "qr";
  if (!isByQr && payload.response_mode !== "direct_post.jwt") {
    throw new RequestError("REQUEST_MALFORMED", "It wants no encrypted answer (direct_post.jwt)", { did });
  }
  return {
    clientId,
    did,
    known,
    nonce: payload.nonce,
    query: queryOf(payload, did),
    purpose: purposeOf(payload),
    answerBy: isByQr ? "qr" : "post",
    payload,
  };
}

function linkOf(text: string): { clientId: string; params: URLSearchParams } {
  if (!URL.canParse(text)) throw new RequestError("REQUEST_MALFORMED", "It is no link");
  const params = new URL(text).searchParams;
  const clientId = params.get("client_id");
  if (clientId === null || (!params.has("request") && !params.has("request_uri"))) {
    throw new RequestError("REQUEST_MALFORMED", "It has no client_id with a request or request_uri");
  }
  if (!clientId.startsWith(`${PREFIX}did:mapae:`)) {
    throw new RequestError("REQUEST_KIND", `It is by ${clientId.slice(0, 100)}, wanted ${PREFIX}did:mapae:…`);
  }
  return { clientId, params };
}

async function fetched(text: string, document: DidDocument): Promise<Readonly<Record<string, unknown>>> {
  const never = () => {
    throw new TypeError("A request is neither encrypted nor answered here");
  };
  let fault: RequestError | undefined;
  const client = new Openid4vpClient({
    callbacks: {
      fetch: quietFetch as never,
      hash,
      decryptJwe: never,
      encryptJwe: never,
      signJwt: never,
      async verifyJwt(_, { compact }) {
        try {
          return { verified: true, signerJwk: (await keyThatSigned(document, compact)) as never };
        } catch (error) {
          fault = error as RequestError;
          return { verified: false };
        }
      },
    },
  });
  try {
    const parsed = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: text });
    if (parsed.type !== "jar") throw new RequestError("REQUEST_MALFORMED", "It is not signed");
    const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params });
    return resolved.authorizationRequestPayload as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (fault !== undefined) throw fault;
    const { error } = (cause as { errorResponse?: { error?: string } }).errorResponse ?? {};
    const code = error === "invalid_request_uri" ? "REQUEST_UNREACHABLE" : "REQUEST_MALFORMED";
    throw new RequestError(code, (cause as Error).message, { cause, did: document.id });
  }
}

/** The claims of a request object that was passed by value. @throws RequestError */
async function signedBy(document: DidDocument, jwt: string): Promise<Readonly<Record<string, unknown>>> {
  await keyThatSigned(document, jwt);
  const [, body = ""] = jwt.split(".");
  const text = new TextDecoder().decode(
    Uint8Array.from(atob(body.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0)),
  );
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** The key of a DID document that a request object's `kid` names. The algorithm is that of the key. @throws RequestError */
async function keyThatSigned(document: DidDocument, jwt: string): Promise<JWK> {
  const refused = (message: string, cause?: unknown) =>
    new RequestError("REQUEST_BAD_SIGNATURE", message, { cause, did: document.id });
  try {
    const { kid, typ } = decodeProtectedHeader(jwt);
    if (typ !== "oauth-authz-req+jwt") throw refused(`Its typ is ${typ}, wanted oauth-authz-req+jwt`);
    const allowed = [...(document.assertionMethod ?? []), ...(document.authentication ?? [])];
    const method = document.verificationMethod.find(({ id }) => id === kid);
    if (method?.publicKeyJwk === undefined || !allowed.includes(method.id))
      throw refused(`${kid} is no key of ${document.id}`);
    const { publicKeyJwk } = method;
    const curve = "crv" in publicKeyJwk ? publicKeyJwk.crv : publicKeyJwk.alg;
    const algorithm = ALGORITHMS[curve];
    if (algorithm === undefined) throw refused(`Its key is of ${curve}, wanted P-256 or Ed25519`);
    await compactVerify(jwt, await importJWK(publicKeyJwk as JWK, algorithm), { algorithms: [algorithm] });
    return publicKeyJwk as JWK;
  } catch (cause) {
    throw cause instanceof RequestError ? cause : refused("Its signature is not good", cause);
  }
}

/** Expects that a request is of now. @throws RequestError `REQUEST_EXPIRED` */
export function expectInTime({ exp, iat }: Readonly<Record<string, unknown>>, did: string): void {
  const now = Date.now() / 1_000;
  const isLate = typeof exp === "number" && now > exp + CLOCK_SKEW;
  const isEarly = typeof iat === "number" && now < iat - CLOCK_SKEW;
  if (isLate || isEarly) throw new RequestError("REQUEST_EXPIRED", "The request is not of now", { did });
}

function queryOf({ dcql_query: query }: Readonly<Record<string, unknown>>, did: string): DcqlQuery.Output {
  try {
    const parsed = DcqlQuery.parse(query as DcqlQuery.Input);
    DcqlQuery.validate(parsed);
    return parsed;
  } catch (cause) {
    throw new RequestError("REQUEST_MALFORMED", "Its dcql_query is not good", { cause, did });
  }
}

function purposeOf({ verifier_info: info }: Readonly<Record<string, unknown>>): string | undefined {
  if (!Array.isArray(info)) return undefined;
  const entry = info.find((one) => (one as { format?: unknown } | null)?.format === PURPOSE_FORMAT);
  const { data } = (entry ?? {}) as { data?: unknown };
  return typeof data === "string" ? data : undefined;
}
