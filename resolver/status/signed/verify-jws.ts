import { compactVerify, decodeProtectedHeader, errors } from "jose";
import type { DidDocument } from "../../did/did-document.ts";
import { verificationKey } from "../../primitives/signature.ts";
import { assertionKey, badSignature, expectLength, malformed } from "./check-token.ts";

/**
 * Verifies a compact JWS of one type by a key of the issuer's document, and parses its payload as JSON. The algorithm is the
 * key's own.
 *
 * @throws StatusListError `STATUS_LIST_MALFORMED`, `STATUS_LIST_KEY`, `STATUS_LIST_SIGNATURE`
 */
export async function verifyJws(
  token: string,
  type: string,
  document: DidDocument,
): Promise<{ readonly payload: unknown; readonly keyId: string }> {
  expectLength(token.length);
  const header = headerOf(token);
  if (header.typ !== type) {
    throw malformed(`Its typ is ${JSON.stringify(header.typ)?.slice(0, 100)}, wanted ${JSON.stringify(type)}`);
  }
  const { keyId, jwk, algorithm } = assertionKey(document, header.kid);
  let bytes: Uint8Array;
  try {
    const key = await verificationKey(jwk, algorithm);
    bytes = (await compactVerify(token, key, { algorithms: [algorithm] })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw badSignature(keyId, error);
    throw error;
  }
  return { payload: parseJson(bytes), keyId };
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch (cause) {
    throw malformed("It is no compact JWS", cause);
  }
}

/** @throws StatusListError `STATUS_LIST_MALFORMED` */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw malformed("It is no JSON in UTF-8", cause);
  }
}
