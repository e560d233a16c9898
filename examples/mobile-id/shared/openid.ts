import { createHash, randomBytes } from "node:crypto";
import { type CallbackContext, type Jwk, setGlobalConfig } from "@openid4vc/oauth2";
import { compactDecrypt, importJWK, type JWK, jwtVerify } from "jose";

/** Algorithms by which wallets sign proofs, key bindings and DPoP. */
export const WALLET_ALGORITHMS = ["ES256"];

/**
 * What the OpenID libraries ask of the programs that use them: hashes, random bytes and the signatures of wallets' own keys.
 *
 * @param insecure whether plain http is taken, as on one's own machine.
 */
export function openidCallbacks(insecure: boolean) {
  setGlobalConfig({ allowInsecureUrls: insecure });
  const hash: CallbackContext["hash"] = (data, algorithm) =>
    createHash(algorithm.replace("-", "").toLowerCase()).update(data).digest();
  const generateRandom: CallbackContext["generateRandom"] = (length) => randomBytes(length);
  /** A wallet's key is in the header of what it signed: a proof, or DPoP. */
  const verifyJwt: CallbackContext["verifyJwt"] = async (signer, { compact }) => {
    if (signer.method !== "jwk" || !WALLET_ALGORITHMS.includes(signer.alg)) return { verified: false };
    try {
      await jwtVerify(compact, await importJWK(signer.publicJwk as JWK, signer.alg), { algorithms: WALLET_ALGORITHMS });
      return { verified: true, signerJwk: signer.publicJwk };
    } catch {
      return { verified: false }; // the library says so to the wallet
    }
  };
  return { hash, generateRandom, verifyJwt };
}

/** Opens what a wallet encrypted to a key of this one request. */
export function decryptTo(privateKey: Jwk): CallbackContext["decryptJwe"] {
  return async (jwe) => {
    try {
      const { plaintext } = await compactDecrypt(jwe, await importJWK(privateKey as JWK, "ECDH-ES"), {
        keyManagementAlgorithms: ["ECDH-ES"],
        contentEncryptionAlgorithms: ["A128GCM", "A256GCM"],
      });
      return { decrypted: true, payload: new TextDecoder().decode(plaintext), decryptionJwk: privateKey };
    } catch {
      return { decrypted: false };
    }
  };
}
