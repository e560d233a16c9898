import type { PublicJwk } from "../did/key.ts";
import { base64url } from "../primitives/base64url.ts";
import { excerpt, isObject, parseJson } from "../primitives/json.ts";
import { algorithmOf, isSignedBy, type SignatureAlgorithm } from "./signature.ts";

/** A compact JWS that was read; its signature is not checked yet. */
export interface Jws {
  readonly header: Readonly<Record<string, unknown>>;
  /** The media type that its `typ` names, with `application/` left out; `undefined` when it has none. */
  readonly type: string | undefined;
  readonly algorithm: SignatureAlgorithm;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signature: Uint8Array;
  /** The bytes that are signed. */
  readonly data: Uint8Array;
}

/**
 * The errors that a reader of a JWS throws: one for a breach of the format, one for a well-formed JWS that is not supported.
 */
export interface JwsErrors {
  readonly malformed: (message: string, cause?: unknown) => Error;
  readonly unsupported: (message: string) => Error;
}

/**
 * Names of the algorithms in a JWS: RFC 7518 and draft-ietf-cose-dilithium-11; `EdDSA` is RFC 8037's name of what RFC 9864 calls
 * `Ed25519`.
 */
const ALGORITHMS: Readonly<Record<string, SignatureAlgorithm>> = {
  ES256: "ES256",
  EdDSA: "EdDSA",
  Ed25519: "EdDSA",
  "ML-DSA-44": "ML-DSA-44",
  "ML-DSA-65": "ML-DSA-65",
  "ML-DSA-87": "ML-DSA-87",
};

/**
 * Reads a compact JWS whose payload is a JSON object (RFC 7515, section 5.2). An unknown algorithm or a critical header is
 * `unsupported` and not `malformed`: the signature may be good.
 *
 * @throws the errors that `errors` creates.
 */
export function readJws(text: string, errors: JwsErrors): Jws {
  const { malformed, unsupported } = errors;
  const [head = "", body = "", signature, ...rest] = text.split(".", 4);
  if (head === "" || body === "" || signature === undefined || rest.length > 0) {
    throw malformed("It is no compact JWS: three parts of base64url without padding, and dots between them");
  }
  const header = objectOf(head, "header", malformed);
  const { alg, crit, typ } = header;
  if (typeof alg !== "string") throw malformed(`Its alg is ${excerpt(alg)}, wanted the name of an algorithm`);
  if (typ !== undefined && typeof typ !== "string") throw malformed(`Its typ is ${excerpt(typ)}, wanted a media type`);
  if (crit !== undefined) {
    if (!Array.isArray(crit) || crit.length === 0)
      throw malformed(`Its crit is ${excerpt(crit)}, wanted names of headers`);
    throw unsupported(`Its headers ${excerpt(crit)} are critical, and none of them is known here`);
  }
  const algorithm = Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (algorithm === undefined) {
    throw unsupported(`It is signed with ${excerpt(alg)}, wanted one of ${Object.keys(ALGORITHMS).join(", ")}`);
  }
  return {
    header,
    type: typ === undefined ? undefined : mediaType(typ),
    algorithm,
    payload: objectOf(body, "payload", malformed),
    signature: bytesOf(signature, "signature", malformed),
    data: new TextEncoder().encode(`${head}.${body}`),
  };
}

/** Whether a JWS is signed by a key. The key determines the algorithm; a token that names another one is rejected. */
export async function isJwsBy({ algorithm, signature, data }: Jws, jwk: PublicJwk): Promise<boolean> {
  return algorithmOf(jwk) === algorithm && (await isSignedBy(jwk, algorithm, { signature, data }));
}

/** A `typ` as RFC 7515, section 4.1.9 compares it: case does not count, and `application/` may be left out. */
export function mediaType(typ: string): string {
  return typ.toLowerCase().replace(/^application\/(?=[^/]*$)/, "");
}

function objectOf(part: string, what: string, malformed: JwsErrors["malformed"]): Readonly<Record<string, unknown>> {
  const bytes = bytesOf(part, what, malformed);
  let value: unknown;
  try {
    value = parseJson(bytes);
  } catch (cause) {
    throw malformed(`Its ${what} is no JSON to be relied on: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  if (isObject(value)) return value;
  throw malformed(`Its ${what} is no JSON object`);
}

function bytesOf(part: string, what: string, malformed: JwsErrors["malformed"]): Uint8Array {
  try {
    return base64url.decode(part);
  } catch (cause) {
    if (/\s/.test(part)) {
      throw malformed("It has white space or line breaks within: a JWS has none (RFC 7515, section 2)", cause);
    }
    throw malformed(`Its ${what} is no base64url without padding`, cause);
  }
}
