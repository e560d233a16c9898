import { DcqlQuery } from "dcql";
import type { JWK } from "jose";
import { member } from "../../../../../resolver/primitives/json.ts";
import type { Network } from "../../../shared/take-evidence.ts";
import type { Directory } from "../directory/directory.ts";
import { type StoredFacts, storedFacts } from "../directory/who-asks.ts";
import { RequestError } from "./request-error.ts";
import { requestObject } from "./request-object.ts";

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

/** Seconds for which a request that a gate shows may be answered. */
const LONGEST_QR = 600;

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
  const payload = await requestObject(params, document);
  if (payload.client_id !== clientId) throw new RequestError("REQUEST_MALFORMED", "It names two verifiers", { did });
  expectInTime(payload, did);
  if (typeof payload.nonce !== "string") throw new RequestError("REQUEST_MALFORMED", "It has no nonce", { did });
  const isByQr = payload.response_mode === "qr";
  if (!isByQr && payload.response_mode !== "direct_post.jwt") {
    throw new RequestError("REQUEST_MALFORMED", "It wants no encrypted answer (direct_post.jwt)", { did });
  }
  if (isByQr) expectSoonOver(payload, did);
  else encryptionKeyOf(payload, did);
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

/** Expects that a request is of now. @throws RequestError `REQUEST_EXPIRED` */
export function expectInTime({ exp, iat }: Readonly<Record<string, unknown>>, did: string): void {
  const now = Date.now() / 1_000;
  const isLate = typeof exp === "number" && now > exp + CLOCK_SKEW;
  const isEarly = typeof iat === "number" && now < iat - CLOCK_SKEW;
  if (isLate || isEarly) throw new RequestError("REQUEST_EXPIRED", "The request is not of now", { did });
}

/**
 * Expects that a request in a QR code ends soon. Anybody can photograph it and show it elsewhere, and the answer that the phone
 * shows is not encrypted.
 * @throws RequestError `REQUEST_MALFORMED`
 */
export function expectSoonOver({ exp }: Readonly<Record<string, unknown>>, did: string): void {
  if (typeof exp === "number" && exp <= Date.now() / 1_000 + LONGEST_QR) return;
  throw new RequestError("REQUEST_MALFORMED", `Its exp is ${exp}, wanted at most ${LONGEST_QR} s from now`, { did });
}

/**
 * The key to which an answer is encrypted. It is expected before the holder is asked: without it, a copy of the card would be
 * used up, and its use recorded, for an answer that can't be sent. Keys behind a URL are not fetched.
 *
 * @throws RequestError `REQUEST_MALFORMED`
 */
export function encryptionKeyOf({ client_metadata: about }: Readonly<Record<string, unknown>>, did: string): JWK {
  const keys = member(member(about, "jwks"), "keys");
  const key = Array.isArray(keys) && keys.find(isForAnswers);
  if (key) return key as JWK;
  throw new RequestError("REQUEST_MALFORMED", "Its client_metadata has no public key for ECDH-ES", { did });
}

function isForAnswers(key: unknown): boolean {
  const [alg = "ECDH-ES", use, secret] = ["alg", "use", "d"].map((name) => member(key, name));
  return member(key, "kty") !== undefined && alg === "ECDH-ES" && use !== "sig" && secret === undefined;
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
