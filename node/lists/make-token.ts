import type { AsOf } from "../../resolver/resolution/resolve.ts";
import { STATUS_BITS } from "../../resolver/status/list-bytes.ts";
import { CborTag, encodeCbor } from "../../resolver/status/signed/cbor.ts";
import { CLAIM, CWT_TYPE, HEADER, SIGN1_TAG, sigStructure } from "../../resolver/status/signed/cwt.ts";
import { JWT_TYPE } from "../../resolver/status/signed/verify-token.ts";
import type { Signer } from "../issuing/signer.ts";

/** Seconds for which a list may be cached, and so for which a cache may hide a revocation. */
export const TTL = 300;
/** Validity of a list in seconds, from the time of its block on. */
export const LIFETIME = 86_400;

/** Name of the claim with the block as of which a list holds; a term of the method's own vocabulary. */
export const AS_OF = "https://w3id.org/did-mapae/v1#asOf";

/** Content of a list's token. */
export interface TokenInput {
  /** The URI that credentials point to. */
  readonly uri: string;
  /** The block as of which the list holds. */
  readonly asOf: AsOf;
  /** The compressed list. */
  readonly compressed: Uint8Array;
  readonly signer: Signer;
}

/** Signs JSON as a compact JWS (RFC 7515). */
export async function makeJws(type: string, payload: object, signer: Signer): Promise<string> {
  const header = { alg: signer.algorithm, typ: type, kid: signer.keyId };
  const text = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`;
  return `${text}.${Buffer.from(await signer.sign(Buffer.from(text))).toString("base64url")}`;
}

/** A Token Status List as a JWT. */
export function makeStatusJwt({ uri, asOf, compressed, signer }: TokenInput): Promise<string> {
  const { number: block, hash, time } = asOf;
  const payload = {
    iss: signer.issuer,
    sub: uri,
    iat: time,
    exp: time + LIFETIME,
    ttl: TTL,
    status_list: { bits: STATUS_BITS.token, lst: Buffer.from(compressed).toString("base64url") },
    [AS_OF]: { block, hash },
  };
  return makeJws(JWT_TYPE, payload, signer);
}

/** A Token Status List as a CWT. */
export async function makeStatusCwt({ uri, asOf, compressed, signer }: TokenInput): Promise<Uint8Array> {
  const { number: block, hash, time } = asOf;
  const header = encodeCbor(
    new Map<number, unknown>([
      [HEADER.algorithm, HEADER.algorithms[signer.algorithm]],
      [HEADER.keyId, Buffer.from(signer.keyId)],
      [HEADER.type, CWT_TYPE],
    ]),
  );
  const payload = encodeCbor(
    new Map<number | string, unknown>([
      [CLAIM.issuer, signer.issuer],
      [CLAIM.subject, uri],
      [CLAIM.issuedAt, time],
      [CLAIM.expiresAt, time + LIFETIME],
      [CLAIM.ttl, TTL],
      [CLAIM.statusList, { bits: STATUS_BITS.token, lst: compressed }],
      [AS_OF, { block, hash }],
    ]),
  );
  const signature = await signer.sign(sigStructure(header, payload));
  return encodeCbor(new CborTag(SIGN1_TAG, [header, new Map(), payload, signature]));
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
