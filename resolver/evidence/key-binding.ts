import { base64url, compactVerify, decodeProtectedHeader, errors } from "jose";
import { CredentialError } from "../credential/credential-error.ts";
import type { PublicJwk } from "../did/key.ts";
import { algorithmOf, verificationKey } from "../primitives/signature.ts";
import { member } from "../status/signed/check-token.ts";

/**
 * Why a presentation is not by the credential's holder, to this verifier, now (RFC 9901, section 7.3):
 * - `keyBindingMissing`: the credential was shown without a Key Binding JWT;
 * - `keyBindingMalformed`: it is no JWT of the type `kb+jwt` with the claims that it has to have;
 * - `keyBindingNotOfHolder`: it is not signed by the key in the credential's `cnf`, or the credential names none;
 * - `otherAudience`, `otherNonce`: it was made for another verifier, or for another request;
 * - `otherPresentation`: its `sd_hash` is that of another selection of disclosures, or of another credential;
 * - `keyBindingOutOfTime`: it was made too long ago, or at a time yet to come.
 */
export type PresentationFault =
  | "keyBindingMissing"
  | "keyBindingMalformed"
  | "keyBindingNotOfHolder"
  | "otherAudience"
  | "otherNonce"
  | "otherPresentation"
  | "keyBindingOutOfTime";

/** What a verifier asked for, and when it looks at the answer. */
export interface KeyBindingOptions {
  /** The nonce that this verifier gave out for this one request. */
  readonly nonce: string;
  /** The verifier's own name, which the holder's wallet puts into `aud`. */
  readonly audience: string;
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  /** Most seconds between the making of the presentation and now. */
  readonly maxAge: number;
}

/** Seconds by which the clocks of holder and verifier may differ. */
const CLOCK_SKEW = 60;

/** Longest Key Binding JWT, in characters. */
const MAX_KEY_BINDING_LENGTH = 16_384;

/**
 * Checks the Key Binding JWT of an SD-JWT+KB by RFC 9901, section 7.3: everything but what the issuer signed, so that it is
 * only of worth with a valid credential.
 *
 * @param text the presentation, `<issuer-signed JWT>~<disclosure>~…~<KB-JWT>`.
 * @param cnf the credential's claim `cnf`.
 * @returns `undefined` when it is good.
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a holder's key that is no P-256 or Ed25519 key as a JWK.
 */
export async function keyBindingFault(
  text: string,
  cnf: unknown,
  { nonce, audience, now, maxAge }: KeyBindingOptions,
): Promise<PresentationFault | undefined> {
  const end = text.lastIndexOf("~") + 1;
  const [presented, jwt] = [text.slice(0, end), text.slice(end)];
  if (jwt === "") return "keyBindingMissing";
  if (jwt.length > MAX_KEY_BINDING_LENGTH) return "keyBindingMalformed";
  const read = readKeyBinding(jwt);
  if (read === undefined) return "keyBindingMalformed";
  if (cnf === undefined) return "keyBindingNotOfHolder";
  const jwk = holderKey(cnf);
  if (read.alg !== algorithmOf(jwk) || !(await isSignedBy(jwt, jwk))) return "keyBindingNotOfHolder";
  const { aud, iat, sdHash, exp, nbf } = read;
  if (aud !== audience) return "otherAudience";
  if (read.nonce !== nonce) return "otherNonce";
  if (sdHash !== (await hashOf(presented))) return "otherPresentation";
  const isLate = iat < now - maxAge || (exp !== undefined && now >= exp);
  const isEarly = iat > now + CLOCK_SKEW || (nbf !== undefined && nbf > now + CLOCK_SKEW);
  return isLate || isEarly ? "keyBindingOutOfTime" : undefined;
}

interface KeyBinding {
  readonly alg: string;
  readonly aud: string;
  readonly nonce: string;
  readonly iat: number;
  readonly sdHash: string;
  readonly exp: number | undefined;
  readonly nbf: number | undefined;
}

/** RFC 9901, section 4.3: `typ`, `alg`, and the claims `iat`, `aud`, `nonce` and `sd_hash`; `aud` is one string. */
function readKeyBinding(jwt: string): KeyBinding | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) return undefined;
  let payload: unknown;
  let header: { typ?: unknown; alg?: unknown; crit?: unknown };
  try {
    header = decodeProtectedHeader(jwt);
    payload = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(base64url.decode(jwt.split(".")[1] ?? "")));
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof errors.JOSEError)
      return undefined;
    throw error;
  }
  const { alg, typ, crit } = header;
  const [aud, nonce, sdHash] = ["aud", "nonce", "sd_hash"].map((name) => member(payload, name));
  const [iat, exp, nbf] = ["iat", "exp", "nbf"].map((name) => member(payload, name));
  if (typ !== "kb+jwt" || crit !== undefined || typeof alg !== "string") return undefined;
  if (typeof aud !== "string" || typeof nonce !== "string" || typeof sdHash !== "string" || !isTime(iat))
    return undefined;
  if ((exp !== undefined && !isTime(exp)) || (nbf !== undefined && !isTime(nbf))) return undefined;
  return { alg, aud, nonce, iat, sdHash, exp, nbf };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** RFC 7800, section 3.2. A private or symmetric key is none that proves anything. */
function holderKey(cnf: unknown): PublicJwk {
  const jwk = member(cnf, "jwk");
  const [kty, crv, x, y] = ["kty", "crv", "x", "y"].map((name) => member(jwk, name));
  const isCoordinate = (one: unknown) => typeof one === "string" && /^[A-Za-z0-9_-]{43}$/.test(one);
  const isPrivate = ["d", "k"].some((name) => member(jwk, name) !== undefined);
  if (!isPrivate && kty === "EC" && crv === "P-256" && isCoordinate(x) && isCoordinate(y)) {
    return { kty, crv, x: x as string, y: y as string };
  }
  if (!isPrivate && kty === "OKP" && crv === "Ed25519" && isCoordinate(x)) return { kty, crv, x: x as string };
  throw new CredentialError("CREDENTIAL_UNSUPPORTED", "Its cnf has no P-256 or Ed25519 key as a public JWK");
}

async function isSignedBy(jwt: string, jwk: PublicJwk): Promise<boolean> {
  const algorithm = algorithmOf(jwk);
  if (algorithm === undefined) return false;
  try {
    await compactVerify(jwt, await verificationKey(jwk, algorithm), { algorithms: [algorithm] });
    return true;
  } catch (error) {
    // A point that is not on its curve is an error of Web Crypto's own.
    if (error instanceof errors.JOSEError || error instanceof DOMException) return false;
    throw error;
  }
}

/** RFC 9901, section 4.3.1, by the one hash that credentials here have. */
async function hashOf(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
