import { algorithmOf, SIGNING_KEYS, type SignatureAlgorithm } from "../../crypto/signature.ts";
import type { DidDocument } from "../../did/did-document.ts";
import type { PublicJwk } from "../../did/key.ts";
import { CLOCK_SKEW } from "../../primitives/clock-skew.ts";
import { excerpt } from "../../primitives/json.ts";
import { MAX_TOKEN_LENGTH, readTokenList, type StatusList } from "../status-list.ts";
import { StatusListError } from "../status-list-error.ts";

/** What a verifier knows of a list before it reads a served one: everything comes from the chain, nothing from the server. */
export interface ExpectedList {
  /** `<baseUri>/<number>` of the list; a credential points to it. */
  readonly uri: string;
  /** Number of statuses. */
  readonly size: number;
  /** The issuer's current document. */
  readonly document: DidDocument;
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
}

/** A list whose signature, subject and age were checked. */
export interface VerifiedList {
  readonly list: StatusList;
  /** Unix time in seconds as of which the statuses were read. */
  readonly issuedAt: number;
  /** First second in Unix time in which the list is no longer valid. */
  readonly expiresAt: number;
  /** Seconds for which a copy may be cached; `null` when the list has no `ttl`. */
  readonly ttl: number | null;
  /** DID URL of the key that signed. */
  readonly keyId: string;
}

/**
 * The key that a token names, if the issuer's document lists it for assertions now.
 * @throws StatusListError `STATUS_LIST_KEY`
 */
export function assertionKey(
  { id, assertionMethod = [], verificationMethod }: DidDocument,
  keyId: unknown,
): { readonly keyId: string; readonly jwk: PublicJwk; readonly algorithm: SignatureAlgorithm } {
  if (typeof keyId !== "string" || !keyId.startsWith(`${id}#`)) {
    throw new StatusListError("STATUS_LIST_KEY", `The token names ${excerpt(keyId)}, wanted a key of ${id}`);
  }
  const jwk = verificationMethod.find((method) => method.id === keyId)?.publicKeyJwk;
  const algorithm = jwk && algorithmOf(jwk);
  if (jwk === undefined || algorithm === undefined || !assertionMethod.includes(keyId)) {
    const wanted = `a key of ${SIGNING_KEYS} in the assertionMethod of the issuer's document now`;
    throw new StatusListError("STATUS_LIST_KEY", `The token names ${excerpt(keyId)}, wanted ${wanted}`);
  }
  return { keyId, jwk, algorithm };
}

/** @throws StatusListError `STATUS_LIST_SUBJECT` */
export function expectSubject(what: string, got: unknown, wanted: string): void {
  if (got === wanted) return;
  throw new StatusListError("STATUS_LIST_SUBJECT", `Its ${what} is ${excerpt(got)}, wanted ${excerpt(wanted)}`);
}

/**
 * When a list was issued and when it expires, in Unix seconds. A list without an end, which would be valid forever, is refused.
 * @throws StatusListError `STATUS_LIST_MALFORMED`, `STATUS_LIST_EXPIRED`
 */
export function checkAge(issuedAt: unknown, expiresAt: unknown, now: number): { issuedAt: number; expiresAt: number } {
  if (!isTime(issuedAt) || !isTime(expiresAt)) {
    throw malformed(`It is of ${excerpt(issuedAt)} and ends at ${excerpt(expiresAt)}, wanted two Unix times`);
  }
  if (issuedAt > now + CLOCK_SKEW) {
    throw new StatusListError("STATUS_LIST_EXPIRED", `It is of ${issuedAt}, which is yet to come: it is ${now} now`);
  }
  if (now >= expiresAt) throw new StatusListError("STATUS_LIST_EXPIRED", `It ended at ${expiresAt}, it is ${now} now`);
  return { issuedAt, expiresAt };
}

/** @throws StatusListError `STATUS_LIST_MALFORMED` */
export function checkTtl(ttl: unknown): number | null {
  if (ttl === undefined) return null;
  if (typeof ttl !== "number" || !(ttl > 0)) throw malformed(`Its ttl is ${excerpt(ttl)}, wanted a positive number`);
  return ttl;
}

/**
 * The list of a Token Status List whose signature was checked.
 * @throws StatusListError
 */
export async function checkedList(
  { uri, size, now }: ExpectedList,
  keyId: string,
  claims: Readonly<Record<"sub" | "iat" | "exp" | "ttl" | "bits" | "lst", unknown>>,
): Promise<VerifiedList> {
  expectSubject("sub", claims.sub, uri);
  const age = checkAge(claims.iat, claims.exp, now);
  const ttl = checkTtl(claims.ttl);
  const list = await readTokenList(claims.bits, claims.lst, size);
  return { list, ...age, ttl, keyId };
}

/** @throws StatusListError `STATUS_LIST_MALFORMED` */
export function expectLength(length: number): void {
  if (length > MAX_TOKEN_LENGTH) throw malformed(`It has length ${length}, at most ${MAX_TOKEN_LENGTH} is read`);
}

export function malformed(message: string, cause?: unknown): StatusListError {
  return new StatusListError("STATUS_LIST_MALFORMED", message, { cause });
}

export function unsupported(message: string): StatusListError {
  return new StatusListError("STATUS_LIST_UNSUPPORTED", message);
}

export function badSignature(keyId: string): StatusListError {
  return new StatusListError("STATUS_LIST_SIGNATURE", `The signature is not by ${keyId}`);
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
