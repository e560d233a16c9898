import { createHash, randomBytes } from "node:crypto";
import { type CallbackContext, type Jwk, setGlobalConfig } from "@openid4vc/oauth2";
import { compactDecrypt, importJWK, type JWK, jwtVerify } from "jose";

/** Algorithms by which wallets sign proofs, key bindings and DPoP. */
export const WALLET_ALGORITHMS = ["ES256"];

/**
 * The callbacks that the OpenID libraries need: hashes, random bytes and the verification of signatures by wallets' own keys.
 *
 * @param insecure whether plain http is accepted, for use on a single machine.
 */
export function openidCallbacks(insecure: boolean) {
  setGlobalConfig({ allowInsecureUrls: insecure });
  const hash: CallbackContext["hash"] = (data, algorithm) =>
    createHash(algorithm.replace("-", "").toLowerCase()).update(data).digest();
  const generateRandom: CallbackContext["generateRandom"] = (length) => randomBytes(length);
  /** The wallet's key is in the header of the JWT that it signed: a proof, or DPoP. */
  const verifyJwt: CallbackContext["verifyJwt"] = async (signer, { compact }) => {
    if (signer.method !== "jwk" || !WALLET_ALGORITHMS.includes(signer.alg)) return { verified: false };
    try {
      await jwtVerify(compact, await importJWK(signer.publicJwk as JWK, signer.alg), { algorithms: WALLET_ALGORITHMS });
      return { verified: true, signerJwk: signer.publicJwk };
    } catch {
      return { verified: false }; // the library reports it to the wallet
    }
  };
  return { hash, generateRandom, verifyJwt };
}

/** Decrypts what a wallet encrypted to the key of one request. */
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
