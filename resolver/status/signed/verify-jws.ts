import { isJwsBy, readJws } from "../../crypto/jws.ts";
import type { DidDocument } from "../../did/did-document.ts";
import { excerpt, parseJson as parse } from "../../primitives/json.ts";
import { assertionKey, badSignature, expectLength, malformed, unsupported } from "./check-token.ts";

/**
 * Verifies a compact JWS of one type by a key of the issuer's document, and parses its payload as JSON. The algorithm is the
 * key's own.
 *
 * @throws StatusListError `STATUS_LIST_MALFORMED`, `STATUS_LIST_UNSUPPORTED`, `STATUS_LIST_KEY`, `STATUS_LIST_SIGNATURE`
 */
export async function verifyJws(
  token: string,
  type: string,
  document: DidDocument,
): Promise<{ readonly payload: unknown; readonly keyId: string }> {
  expectLength(token.length);
  const jws = readJws(token, { malformed, unsupported });
  if (jws.type !== type) throw malformed(`Its typ is ${excerpt(jws.type)}, wanted ${excerpt(type)}`);
  const { keyId, jwk } = assertionKey(document, jws.header.kid);
  if (!(await isJwsBy(jws, jwk))) throw badSignature(keyId);
  return { payload: jws.payload, keyId };
}

/** @throws StatusListError `STATUS_LIST_MALFORMED` */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return parse(bytes);
  } catch (cause) {
    throw malformed("It is no JSON in UTF-8 that every reader reads the same", cause);
  }
}
