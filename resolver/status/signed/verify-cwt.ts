import { mediaType } from "../../crypto/jws.ts";
import { isSignedBy } from "../../crypto/signature.ts";
import { excerpt } from "../../primitives/json.ts";
import { CborTag, decodeCbor } from "./cbor.ts";
import {
  assertionKey,
  badSignature,
  checkedList,
  type ExpectedList,
  expectLength,
  malformed,
  unsupported,
  type VerifiedList,
} from "./check-token.ts";
import { CLAIM, COSE_ALGORITHMS, CWT_TYPE, HEADER, SIGN1_TAG, sigStructure } from "./cwt.ts";

/** See `verifyStatusCwt`. It has a file of its own, because most verifiers never need it. */
export async function verifyCwt(token: Uint8Array, expected: ExpectedList): Promise<VerifiedList> {
  expectLength(token.length);
  const message = cbor(token);
  const [protectedBytes, , payload, signature] = sign1Parts(message);
  if (!isBytes(protectedBytes) || !isBytes(payload) || !isBytes(signature)) {
    throw malformed("It is no COSE_Sign1 with a payload");
  }
  const header = cborMap(protectedBytes);
  const type = header.get(HEADER.type);
  if (typeof type !== "string" || mediaType(type) !== mediaType(CWT_TYPE)) {
    throw malformed(`Its header 16 is ${excerpt(type)}, wanted ${CWT_TYPE}`);
  }
  const algorithm = COSE_ALGORITHMS.get(header.get(HEADER.algorithm));
  if (algorithm === undefined) throw unsupported(`Its algorithm is ${excerpt(header.get(HEADER.algorithm))}`);
  if (header.has(HEADER.critical)) throw unsupported("It has critical headers, and none of them is known here");
  const kid = header.get(HEADER.keyId);
  const {
    keyId,
    jwk,
    algorithm: own,
  } = assertionKey(expected.document, isBytes(kid) ? new TextDecoder().decode(kid) : kid);
  const data = sigStructure(protectedBytes, payload);
  if (algorithm !== own || !(await isSignedBy(jwk, algorithm, { signature, data }))) throw badSignature(keyId);

  const claims = cborMap(payload);
  const status = claims.get(CLAIM.statusList);
  const list = status instanceof Map ? status : new Map<unknown, unknown>();
  const lst = list.get("lst");
  return checkedList(expected, keyId, {
    sub: claims.get(CLAIM.subject),
    iat: claims.get(CLAIM.issuedAt),
    exp: claims.get(CLAIM.expiresAt),
    ttl: claims.get(CLAIM.ttl),
    bits: list.get("bits"),
    lst: isBytes(lst) ? lst : undefined,
  });
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function sign1Parts(message: unknown): unknown[] {
  if (!(message instanceof CborTag && message.tag === SIGN1_TAG)) throw malformed("It has no tag of a COSE_Sign1");
  const parts: unknown = message.value;
  if (!Array.isArray(parts) || parts.length !== 4) throw malformed("A COSE_Sign1 has four parts");
  return parts;
}

function cbor(bytes: Uint8Array): unknown {
  try {
    return decodeCbor(bytes);
  } catch (cause) {
    throw malformed("It is no CBOR", cause);
  }
}

function cborMap(bytes: Uint8Array): Map<unknown, unknown> {
  const map = cbor(bytes);
  if (!(map instanceof Map)) throw malformed("Its headers or claims are no map");
  return map;
}
