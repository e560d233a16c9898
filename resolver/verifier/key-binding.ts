import { malformed, unsupported } from "../credential/credential-error.ts";
import { digestOf } from "../credential/disclosure.ts";
import type { Credential } from "../credential/read-credential.ts";
import { isJwsBy, type Jws, readJws } from "../crypto/jws.ts";
import { SIGNING_KEYS } from "../crypto/signature.ts";
import { isMlDsa, ML_DSA_KEY_BYTES, type MlDsa, type PublicJwk } from "../did/key.ts";
import { CLOCK_SKEW } from "../primitives/clock-skew.ts";
import { member } from "../primitives/json.ts";

/**
 * Why a presentation is not by the credential's holder, for this verifier and this request (RFC 9901, section 7.3):
 * - `keyBindingMissing`: the credential was presented without a Key Binding JWT;
 * - `keyBindingMalformed`: it lacks a required claim, or a claim has another form;
 * - `keyBindingNotOfHolder`: it is not signed by the key in the credential's `cnf`, or the credential names none;
 * - `otherAudience`, `otherNonce`: it was made for another verifier, or for another request;
 * - `otherPresentation`: its `sd_hash` is that of another selection of disclosures, or of another credential;
 * - `keyBindingOutOfTime`: it was made too long ago, or its time is in the future.
 */
export type PresentationFault =
  | "keyBindingMissing"
  | "keyBindingMalformed"
  | "keyBindingNotOfHolder"
  | "otherAudience"
  | "otherNonce"
  | "otherPresentation"
  | "keyBindingOutOfTime";

/** The request of a verifier, and the time at which it checks the answer. */
export interface KeyBindingOptions {
  /** The nonce that this verifier issued for this one request. */
  readonly nonce: string;
  /** The verifier's own name, which the holder's wallet puts into `aud`. */
  readonly audience: string;
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  /** Highest age of the presentation, in seconds. */
  readonly maxAge: number;
}

/**
 * Checks the Key Binding JWT of an SD-JWT+KB by RFC 9901, section 7.3. It does not check what the issuer signed: the result
 * means something only for a valid credential.
 *
 * @returns `undefined` when it is good.
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` when the holder's key is not a P-256 or Ed25519 key as a JWK.
 */
export async function keyBindingFault(
  { presented, keyBinding, claims }: Pick<Credential, "presented" | "keyBinding" | "claims">,
  { nonce, audience, now, maxAge }: KeyBindingOptions,
): Promise<PresentationFault | undefined> {
  if (keyBinding === null) return "keyBindingMissing";
  // Its type was checked when the credential was read.
  const jws = readJws(keyBinding, { malformed, unsupported });
  const read = claimsOf(jws);
  if (read === undefined) return "keyBindingMalformed";
  if (claims.cnf === undefined || !(await isJwsBy(jws, holderKey(claims.cnf)))) return "keyBindingNotOfHolder";
  const { aud, iat, sdHash, exp, nbf } = read;
  if (aud !== audience) return "otherAudience";
  if (read.nonce !== nonce) return "otherNonce";
  if (sdHash !== digestOf(presented)) return "otherPresentation";
  const isLate = iat < now - maxAge || (exp !== undefined && now >= exp);
  const isEarly = iat > now + CLOCK_SKEW || (nbf !== undefined && nbf > now + CLOCK_SKEW);
  return isLate || isEarly ? "keyBindingOutOfTime" : undefined;
}

/**
 * RFC 9901, section 4.3: the claims `iat`, `aud`, `nonce` and `sd_hash` have to be there; `aud` is one string. An empty `nonce`
 * or `aud` is none: it would equal the missing one of a verifier that sent no request.
 */
function claimsOf({ payload: { iat, aud, nonce, sd_hash: sdHash, exp, nbf } }: Jws) {
  if (aud === "" || nonce === "") return undefined;
  if (typeof aud !== "string" || typeof nonce !== "string" || typeof sdHash !== "string") return undefined;
  if (!isTime(iat) || !(exp === undefined || isTime(exp)) || !(nbf === undefined || isTime(nbf))) return undefined;
  return { iat, aud, nonce, sdHash, exp, nbf };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** The key in `cnf` (RFC 7800, section 3.2). A private or symmetric key is refused, because it proves nothing. */
function holderKey(cnf: unknown): PublicJwk {
  const jwk = member(cnf, "jwk");
  const [kty, crv, x, y, alg, pub] = ["kty", "crv", "x", "y", "alg", "pub"].map((name) => member(jwk, name));
  const isCoordinate = (one: unknown) => typeof one === "string" && /^[A-Za-z0-9_-]{43}$/.test(one);
  const isPrivate = ["d", "k", "priv"].some((name) => member(jwk, name) !== undefined);
  if (!isPrivate && kty === "EC" && crv === "P-256" && isCoordinate(x) && isCoordinate(y)) {
    return { kty, crv, x: x as string, y: y as string };
  }
  if (!isPrivate && kty === "OKP" && crv === "Ed25519" && isCoordinate(x)) return { kty, crv, x: x as string };
  if (!isPrivate && kty === "AKP" && typeof alg === "string" && isMlDsa(alg) && isKeyOf(alg, pub))
    return { kty, alg, pub };
  throw unsupported(`Its cnf has no key of ${SIGNING_KEYS} as a public JWK`);
}

function isKeyOf(alg: MlDsa, pub: unknown): pub is string {
  return (
    typeof pub === "string" && /^[A-Za-z0-9_-]+$/.test(pub) && pub.length === Math.ceil((ML_DSA_KEY_BYTES[alg] * 8) / 6)
  );
}
