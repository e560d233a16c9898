import { type Jws, mediaType, readJws } from "../crypto/jws.ts";
import type { MapaeDid } from "../did/did.ts";
import { excerpt } from "../primitives/json.ts";
import { expectNoAudience, issuerOf, type Places, type Times, timesOf, typeOf } from "./claims.ts";
import { malformed, unsupported } from "./credential-error.ts";
import { expectHeaderAgrees, vcOf } from "./data-model.ts";
import { disclosedClaims } from "./disclosed-claims.ts";
import { readStatus, type StatusClaims } from "./read-status.ts";

/** Longest credential that is read, in characters. */
export const MAX_CREDENTIAL_LENGTH = 1_048_576;

/** Most disclosures of a credential. */
const MAX_DISCLOSURES = 1_000;

/** The contents of a credential, not verified yet. Times are in Unix seconds. */
export interface Credential extends Times, StatusClaims {
  readonly format: "sd-jwt-vc" | "vc-jwt";
  readonly issuer: MapaeDid;
  /** Fragment of the id of the key that signed. */
  readonly key: string;
  /** URI of its type. */
  readonly type: string;
  /** All its claims, with the disclosed ones in their places. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the issuer signed. */
  readonly jws: Jws;
  /** The SD-JWT up to its last `~`, or the whole JWT: what a key binding is made for. */
  readonly presented: string;
  /** The JWT after the last `~`, not read yet; `null` when there is none. */
  readonly keyBinding: string | null;
}

/**
 * Reads an SD-JWT VC (`dc+sd-jwt`) or a VC-JWT: the W3C's data model 2.0 secured by VC-JOSE (`vc+jwt`), or 1.1 as a JWT. A
 * claim that is in several places is read from all of them: the latest start and the earliest end count, all other claims have
 * to agree.
 *
 * Its type is the one URI of `vct`, `type` and `aka_vcts`. The moment of its issue is `iat`; without it `nbf`, `validFrom` or
 * `issuanceDate`.
 *
 * @throws CredentialError
 */
export function readCredential(text: string): Credential {
  if (text.length > MAX_CREDENTIAL_LENGTH) throw malformed(`It is longer than ${MAX_CREDENTIAL_LENGTH} characters`);
  const token = text.trim();
  if (!/^[\w\s-]+\./.test(token)) throw malformed("It is no SD-JWT and no JWT, which are like eyJ….eyJ….… in one line");
  if (/\s/.test(token)) throw malformed("It has white space or line breaks within: remove them");
  const [issued = "", ...rest] = token.split("~");
  const jws = readJws(issued, { malformed, unsupported });
  const format = formatOf(jws, rest.length > 0);
  expectHeaderAgrees(jws);
  const claims = format === "sd-jwt-vc" ? disclosedClaims(jws.payload, disclosuresOf(rest)) : jws.payload;
  const vc = format === "sd-jwt-vc" ? expectVct(claims) : vcOf(jws);
  const places: Places = vc === claims ? [claims] : [claims, vc];
  expectNoAudience(places);
  const issuer = issuerOf(places);
  return {
    format,
    issuer,
    key: keyOf(jws.header.kid, issuer.did),
    type: typeOf(places),
    ...timesOf(places),
    ...readStatus(places),
    claims,
    jws,
    presented: token.slice(0, token.lastIndexOf("~") + 1) || token,
    keyBinding: rest.at(-1) || null,
  };
}

/** The disclosures between the tildes. After the last tilde is a key binding, or nothing (RFC 9901, section 4). */
function disclosuresOf(rest: readonly string[]): readonly string[] {
  const last = rest.at(-1);
  if (last && !isKeyBinding(last)) throw malformed("It does not end with a ~ or a key binding (RFC 9901, section 4)");
  if (rest.length - 1 > MAX_DISCLOSURES) throw malformed(`It has more than ${MAX_DISCLOSURES} disclosures`);
  return rest.slice(0, -1);
}

function isKeyBinding(text: string): boolean {
  return readJws(text, { malformed, unsupported }).type === "kb+jwt";
}

function formatOf({ type }: Jws, isSdJwt: boolean): Credential["format"] {
  // `vc+sd-jwt` is its name in drafts until November 2024.
  if (type === "dc+sd-jwt" || type === "vc+sd-jwt") {
    if (isSdJwt) return "sd-jwt-vc";
    throw malformed("It is an SD-JWT without a ~ at its end, which must not be left out (RFC 9901, section 4)");
  }
  if (type === undefined || type === mediaType("JWT") || type === "vc+jwt") {
    if (!isSdJwt) return "vc-jwt";
    throw malformed(`Its typ is ${excerpt(type)}, but it has a ~ as only a dc+sd-jwt has`);
  }
  throw malformed(`Its typ is ${excerpt(type)}, wanted dc+sd-jwt, vc+jwt or JWT`);
}

function expectVct(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (typeof claims.vct !== "string") throw malformed(`Its vct is ${excerpt(claims.vct)}, wanted the URI of a type`);
  for (const name of ["vc", "vp"]) {
    if (Object.hasOwn(claims, name)) throw malformed(`It has a vct and a ${name}: wanted one kind of credential`);
  }
  return claims;
}

function keyOf(kid: unknown, did: string): string {
  const id = typeof kid === "string" && kid.startsWith(did) ? kid.slice(did.length) : kid;
  if (typeof id === "string" && /^#[A-Za-z0-9_-]{1,100}$/.test(id)) return id.slice(1);
  throw malformed(`Its kid is ${excerpt(kid)}, wanted a key of its issuer ${did}`);
}
