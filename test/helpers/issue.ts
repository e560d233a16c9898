import { createHash, createPrivateKey, randomBytes, sign } from "node:crypto";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { createVerifiableCredentialJwt } from "did-jwt-vc";
import { newKey, signerOf } from "../../node/issuing/key-file.ts";

/** The wanted contents of a credential, for any library. */
export interface Wanted {
  readonly type: string;
  /** Unix time in seconds. */
  readonly issuedAt: number;
  readonly listUri: string;
  readonly index: number;
  /** In Unix seconds; without it the credential never expires. */
  readonly expiresAt?: number;
  /** The holder's key, to which an SD-JWT is bound. */
  readonly holder?: object;
}

/** An issuer with a new P-256 key, which signs credentials by foreign libraries. */
export function issuerOf(did: string) {
  const key = newKey(did, "ES256");
  const signer = signerOf(key);
  const { issuer: _, ...jwk } = key;
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  const signed = async (data: string | Uint8Array) =>
    sign("sha256", Buffer.from(data), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  return {
    signer,
    /** An SD-JWT VC with one selectively disclosable claim, by `@sd-jwt/sd-jwt-vc`. */
    sdJwt({ type, issuedAt, listUri, index, expiresAt, holder }: Wanted): Promise<string> {
      const library = new SDJwtVcInstance({
        signer: signed,
        signAlg: "ES256",
        hasher: (data, algorithm) =>
          createHash(algorithm.replace("-", ""))
            .update(typeof data === "string" ? data : new Uint8Array(data))
            .digest(),
        hashAlg: "sha-256",
        saltGenerator: (length) => randomBytes(length).toString("base64url"),
      });
      const claims = {
        iss: did,
        iat: issuedAt,
        vct: type,
        ...(expiresAt !== undefined && { exp: expiresAt }),
        ...(holder !== undefined && { cnf: { jwk: holder } }),
        status: { status_list: { idx: index, uri: listUri } },
        department: "민원실",
      };
      return library.issue(claims, { _sd: ["department"] }, { header: { kid: signer.keyId } });
    },
    /** A credential of the W3C's data model 1.1 as a JWT, by `did-jwt-vc`. */
    vcJwt({ type, issuedAt, listUri, index }: Wanted): Promise<string> {
      const entry = (statusPurpose: string) => ({
        id: `${listUri}/${statusPurpose}#${index}`,
        type: "BitstringStatusListEntry",
        statusPurpose,
        statusListIndex: String(index),
        statusListCredential: `${listUri}/${statusPurpose}`,
      });
      const credential = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        type: ["VerifiableCredential", type],
        issuer: did,
        issuanceDate: new Date(issuedAt * 1_000).toISOString(),
        credentialSubject: { department: "민원실" },
        credentialStatus: [entry("revocation"), entry("suspension")],
      };
      const by = { did, signer: signed, alg: "ES256" };
      return createVerifiableCredentialJwt(credential as never, by, { header: { kid: signer.keyId } as never });
    },
  };
}
