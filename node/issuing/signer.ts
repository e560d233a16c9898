import type { SignatureAlgorithm } from "../../resolver/crypto/signature.ts";
import type { PublicJwk } from "../../resolver/did/key.ts";

/**
 * A key that signs status lists or attests blocks, wherever it is kept: an encrypted file, a hardware module. It signs for one
 * issuer or operator only. Any issuer may put any public key into its document: a signer that went by the document alone could
 * be made to sign for others.
 */
export interface Signer {
  /** The DID whose lists it signs; or `operator:` and the name, in the network descriptor, of the operator that attests blocks. */
  readonly issuer: string;
  /** DID URL of the key in the issuer's document; of an operator's key its name and thumbprint in the same form. */
  readonly keyId: string;
  readonly jwk: PublicJwk;
  readonly algorithm: SignatureAlgorithm;
  /** The signature as JWS and COSE have it: r and s one after the other, the 64 bytes of EdDSA, or an encoded one of ML-DSA. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}
