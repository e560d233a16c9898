import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import type { DidDocument } from "../../../../../resolver/index.ts";
import { isObject, parseJson } from "../../../../../resolver/primitives/json.ts";
import { quietFetch } from "../quiet-fetch.ts";
import { RequestError } from "./request-error.ts";

/** The algorithms by curve; a wallet supports no others. */
const ALGORITHMS: Readonly<Record<string, string>> = { "P-256": "ES256", Ed25519: "EdDSA" };

/**
 * The claims of a request object (RFC 9101) that the verifier of a DID document signed: the `request` of a link, or what its
 * `request_uri` gives. No other URL is asked, whatever the request names.
 *
 * @throws RequestError
 */
export async function requestObject(
  params: URLSearchParams,
  document: DidDocument,
): Promise<Readonly<Record<string, unknown>>> {
  const jwt = params.get("request") ?? (await fetched(params.get("request_uri") ?? "", document));
  const payload = await verified(jwt, document);
  try {
    const claims = parseJson(payload);
    if (isObject(claims)) return claims;
  } catch {
    // Reported below.
  }
  throw new RequestError("REQUEST_MALFORMED", "Its claims are no JSON object", { did: document.id });
}

async function fetched(uri: string, { id: did }: DidDocument): Promise<string> {
  const schemes = location.protocol === "http:" ? ["https:", "http:"] : ["https:"];
  if (!URL.canParse(uri) || !schemes.includes(new URL(uri).protocol)) {
    throw new RequestError("REQUEST_MALFORMED", "Its request_uri is no https URL", { did });
  }
  try {
    const response = await quietFetch(uri, { headers: { accept: "application/oauth-authz-req+jwt" } });
    if (!response.ok) throw new TypeError(`It answered HTTP ${response.status}`);
    return (await response.text()).trim();
  } catch (cause) {
    const message = `The request could not be fetched: ${(cause as Error).message}`;
    throw new RequestError("REQUEST_UNREACHABLE", message, { cause, did });
  }
}

/** The payload, signed by the key of the document that `kid` names. The algorithm is that of the key. */
async function verified(jwt: string, document: DidDocument): Promise<Uint8Array> {
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
    const key = await importJWK(publicKeyJwk as JWK, algorithm);
    return (await compactVerify(jwt, key, { algorithms: [algorithm] })).payload;
  } catch (cause) {
    throw cause instanceof RequestError ? cause : refused("Its signature is not good", cause);
  }
}
