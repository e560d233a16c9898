import { base64url, decodeProtectedHeader } from "jose";
import { type MapaeDid, parseDid } from "../did/did.ts";
import { MapaeError } from "../errors.ts";
import { member } from "../status/signed/check-token.ts";
import { CredentialError, malformedCredential } from "./credential-error.ts";
import { type CredentialStatus, readStatus } from "./read-status.ts";

/** Longest credential that is read, in characters. */
export const MAX_CREDENTIAL_LENGTH = 1_048_576;

/** Most disclosures of a credential. */
const MAX_DISCLOSURES = 1_000;

/** What a credential says of itself; nothing of it is proven yet. Times are Unix seconds. */
export interface Credential {
  readonly format: "sd-jwt-vc" | "vc-jwt";
  readonly issuer: MapaeDid;
  /** Fragment of the id of the key that signed. */
  readonly key: string;
  /** URI of its type. */
  readonly type: string;
  readonly issuedAt: number;
  readonly validFrom: number | null;
  /** The first second in which it holds no more. */
  readonly validUntil: number | null;
  readonly status: CredentialStatus | null;
  /** The compact JWS that the issuer signed. */
  readonly jws: string;
  readonly payload: unknown;
  readonly disclosures: readonly string[];
}

/**
 * Reads an SD-JWT VC (`dc+sd-jwt`, with or without a key binding, which is not looked at) or a VC-JWT: the W3C's data model 2.0
 * secured by VC-JOSE (`vc+jwt`), or 1.1 as a JWT.
 *
 * Its type is `vct`, or the one entry of `type` that is a URI. The moment of its issue is `iat`, else `nbf`, `validFrom` or
 * `issuanceDate`.
 *
 * @throws CredentialError
 */
export function readCredential(text: string): Credential {
  if (text.length > MAX_CREDENTIAL_LENGTH)
    throw malformedCredential(`It is longer than ${MAX_CREDENTIAL_LENGTH} characters`);
  const [jws = "", ...rest] = text.trim().split("~");
  // Behind the last ~ is a key binding, or nothing.
  const disclosures = rest.slice(0, -1);
  if (disclosures.length > MAX_DISCLOSURES)
    throw malformedCredential(`It has more than ${MAX_DISCLOSURES} disclosures`);
  const { header, payload } = parts(jws);
  const format = formatOf(header.typ, payload, rest.length > 0);
  const vc = format === "sd-jwt-vc" ? payload : (member(payload, "vc") ?? payload);
  const issuer = issuerOf(payload, vc);
  const times = {
    iat: timeOf(payload, "iat"),
    nbf: timeOf(payload, "nbf") ?? dateOf(vc, "validFrom") ?? dateOf(vc, "issuanceDate"),
    exp: timeOf(payload, "exp") ?? dateOf(vc, "validUntil") ?? dateOf(vc, "expirationDate"),
  };
  const issuedAt = times.iat ?? times.nbf;
  if (issuedAt === undefined) throw malformedCredential("It does not say when it was issued");
  return {
    format,
    issuer,
    key: keyOf(header.kid, issuer.did),
    type: format === "sd-jwt-vc" ? typeOf([member(payload, "vct")]) : typeOf([member(vc, "type")].flat()),
    issuedAt,
    validFrom: times.nbf ?? null,
    validUntil: times.exp ?? null,
    status: readStatus(payload, vc),
    jws,
    payload,
    disclosures,
  };
}

function parts(jws: string): { header: { typ?: string; kid?: string }; payload: unknown } {
  try {
    const header = decodeProtectedHeader(jws);
    const bytes = base64url.decode(jws.split(".")[1] ?? "");
    return { header, payload: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch (cause) {
    throw malformedCredential("It is no JWT, with or without disclosures behind it", cause);
  }
}

function formatOf(typ: string | undefined, payload: unknown, isSdJwt: boolean): Credential["format"] {
  // `vc+sd-jwt` is what drafts called it until November 2024.
  const isVct = typeof member(payload, "vct") === "string";
  if ((typ === "dc+sd-jwt" || typ === "vc+sd-jwt") && isSdJwt && isVct) return "sd-jwt-vc";
  if (!isSdJwt && (typ === "vc+jwt" || typ === undefined || typ === "JWT")) return "vc-jwt";
  const wanted = "dc+sd-jwt with a vct and ~ behind it, vc+jwt, or JWT with a vc";
  throw malformedCredential(`Its typ is ${JSON.stringify(typ)?.slice(0, 60)}, wanted ${wanted}`);
}

function issuerOf(payload: unknown, vc: unknown): MapaeDid {
  const named = [member(payload, "iss"), member(vc, "issuer")].filter((one) => one !== undefined);
  const ids = new Set(named.map((one) => (typeof one === "string" ? one : member(one, "id"))));
  const [id] = ids;
  if (typeof id !== "string" || ids.size !== 1) throw malformedCredential("It does not name one issuer");
  try {
    return parseDid(id);
  } catch (cause) {
    if (!(cause instanceof MapaeError)) throw cause;
    throw new CredentialError("CREDENTIAL_UNSUPPORTED", `Its issuer is no DID of this method: ${cause.message}`, {
      cause,
    });
  }
}

function keyOf(kid: unknown, did: string): string {
  const id = typeof kid === "string" && kid.startsWith(did) ? kid.slice(did.length) : kid;
  if (typeof id === "string" && /^#[A-Za-z0-9_-]{1,100}$/.test(id)) return id.slice(1);
  throw malformedCredential(`Its kid is ${JSON.stringify(kid)?.slice(0, 120)}, wanted a key of its issuer`);
}

function typeOf(types: readonly unknown[]): string {
  const uris = types.filter((one) => typeof one === "string" && /^[a-z][a-z0-9+.-]*:[\x21-\x7e]{1,200}$/.test(one));
  if (uris.length === 1) return uris[0] as string;
  throw new CredentialError("CREDENTIAL_UNSUPPORTED", `It has ${uris.length} types that are URIs, wanted one`);
}

function timeOf(payload: unknown, name: string): number | undefined {
  const value = member(payload, name);
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= 0 && value < 1e11) return Math.floor(value);
  throw malformedCredential(`Its ${name} is no Unix time`);
}

function dateOf(vc: unknown, name: string): number | undefined {
  const value = member(vc, name);
  if (value === undefined) return undefined;
  const isDate =
    typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(value);
  const time = isDate ? Date.parse(value) : Number.NaN;
  if (time >= 0) return Math.floor(time / 1_000);
  throw malformedCredential(`Its ${name} is no date and time`);
}
