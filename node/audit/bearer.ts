import { decodeProtectedHeader, errors, importJWK, type JWTPayload, jwtVerify } from "jose";
import { algorithmOf } from "../../resolver/crypto/signature.ts";
import { parseDid } from "../../resolver/did/did.ts";
import type { PublicJwk } from "../../resolver/did/key.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { latestMoment } from "../../resolver/resolution/resolve.ts";
import { liveDocument } from "../index/live-document.ts";
import { type LiveIndex, newestOf } from "../index/live-index.ts";
import { AuditError } from "./audit-error.ts";
import { MAX_TOKEN_LENGTH, MAX_TOKEN_LIFETIME, TOKEN_CLOCK_SKEW } from "./bounds.ts";

/** The `typ` of an auditor's token (RFC 8725, section 3.11), so that other JWTs of the same key are not accepted. */
export const AUDIT_TOKEN_TYPE = "mapae-audit+jwt";

/** RFC 6750, section 2.1. */
const BEARER = /^Bearer +(?<token>[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+) *$/i;

export interface BearerOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  /** DIDs of the auditors. */
  readonly dids: readonly string[];
  /** The audience (`aud`) that a token needs: the name of this listener. */
  readonly audience: string;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/**
 * Creates the check of the header `Authorization`. It accepts a JWT that one of the DIDs signed for this listener at most
 * {@link MAX_TOKEN_LIFETIME} seconds ago, with a key that its document now lists for authentication. The key determines the
 * algorithm, never the token.
 *
 * @returns a check that throws AuditError `AUDIT_TOKEN` or `AUDIT_FORBIDDEN`; UnavailableError while no block is known.
 */
export function bearerCheck(options: BearerOptions): (authorization: string | undefined) => Promise<void> {
  const { dids, audience, now } = options;
  return async (authorization) => {
    const token = tokenOf(authorization);
    const { kid } = headerOf(token);
    const [did = "", fragment] = typeof kid === "string" ? kid.split("#", 2) : [];
    if (!fragment) throw refused("its header kid is no DID URL of a key");
    if (!dids.includes(did)) {
      throw new AuditError("AUDIT_FORBIDDEN", "The token's DID is not among those that may ask here");
    }
    const jwk = keyOf(options, did, `${did}#${fragment}`);
    const algorithm = jwk && algorithmOf(jwk);
    if (jwk === undefined || algorithm === undefined) {
      throw refused("its DID's document lists no key of that id, P-256, Ed25519 or ML-DSA, for authentication now");
    }
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, await importJWK({ ...jwk }, algorithm), {
        // RFC 9864, section 2.2, gives the name Ed25519 to what RFC 8037 calls EdDSA.
        algorithms: algorithm === "EdDSA" ? ["EdDSA", "Ed25519"] : [algorithm],
        typ: AUDIT_TOKEN_TYPE,
        issuer: did,
        audience,
        requiredClaims: ["iss", "aud", "iat", "exp"],
        maxTokenAge: MAX_TOKEN_LIFETIME,
        clockTolerance: TOKEN_CLOCK_SKEW,
        currentDate: new Date(now() * 1_000),
      }));
    } catch (cause) {
      if (cause instanceof errors.JWTClaimValidationFailed && cause.claim === "aud")
        throw refused(`it is not for this listener, whose audience is ${audience}`, cause);
      if (cause instanceof errors.JOSEError) throw refused(cause.message, cause);
      throw cause;
    }
    const { iat = 0, exp = 0, aud } = payload;
    if (exp - iat > MAX_TOKEN_LIFETIME) throw refused(`it is good for more than ${MAX_TOKEN_LIFETIME} s`);
    // With several audiences, one listener could use the token at another.
    if (typeof aud !== "string") throw refused("it is for more than one audience");
  };
}

function tokenOf(authorization = ""): string {
  if (authorization.length > MAX_TOKEN_LENGTH) throw refused(`it has more than ${MAX_TOKEN_LENGTH} characters`);
  const token = BEARER.exec(authorization)?.groups?.token;
  if (token !== undefined) return token;
  throw new AuditError("AUDIT_TOKEN", "Got no bearer token, wanted one as `mapae audit token` makes it");
}

function headerOf(token: string): { kid?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch (cause) {
    // jose throws a TypeError for a header that it can't parse.
    if (cause instanceof TypeError || cause instanceof errors.JOSEError) throw refused("its header is no JSON", cause);
    throw cause;
  }
}

/** The key with this id, if the DID's document now lists it for authentication; otherwise `undefined`. */
function keyOf({ index, network, now }: BearerOptions, did: string, id: string): PublicJwk | undefined {
  const at = latestMoment({ asOf: newestOf(index), now: now() });
  const live = liveDocument(index, network, parseDid(did).address, at);
  if (!live?.document.authentication?.includes(id)) return undefined;
  return live.document.verificationMethod.find((method) => method.id === id)?.publicKeyJwk;
}

function refused(why: string, cause?: unknown): AuditError {
  return new AuditError("AUDIT_TOKEN", `The token is not taken: ${why}`, { cause });
}
