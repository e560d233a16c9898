import type { SignatureAlgorithm } from "../../resolver/crypto/signature.ts";
import type { PublicJwk } from "../../resolver/did/key.ts";

/**
 * A key that signs status lists or attests blocks, in an encrypted file or a hardware module. It signs for one issuer or
 * operator only. This binding can't come from DID documents: any issuer may put any public key into its document, and could
 * so make the node sign for it.
 */
export interface Signer {
  /**
   * The DID whose lists it signs; or `operator:` and the name, in the network descriptor, of the operator for which it
   * attests blocks.
   */
  readonly issuer: string;
  /** DID URL of the key in the issuer's document; for an operator `issuer`, `#` and the thumbprint. */
  readonly keyId: string;
  readonly jwk: PublicJwk;
  readonly algorithm: SignatureAlgorithm;
  /**
   * Returns the signature in the form of JWS and COSE: r and s concatenated for ES256, the 64 bytes of EdDSA, or the encoded
   * signature of ML-DSA.
   */
  sign(data: Uint8Array): Promise<Uint8Array>;
}
