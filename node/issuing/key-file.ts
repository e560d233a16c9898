import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { CompactEncrypt, compactDecrypt, errors } from "jose";
import { z } from "zod";
import { algorithmOf, SIGNING_KEYS, type SignatureAlgorithm } from "../../resolver/crypto/signature.ts";
import { type MlDsa, type PublicJwk, thumbprint } from "../../resolver/did/key.ts";
import { CodedError } from "../../resolver/errors.ts";
import type { Signer } from "./signer.ts";

/** Longest key file, in bytes; `mapae signer new` writes about 500. */
export const MAX_KEY_FILE_BYTES = 16_384;

/** Rounds of PBKDF2 with SHA-512 for a new file: the cost of each guess of its password (OWASP, 2023). */
const ROUNDS = 210_000;
/** Maximum number of rounds that a file may ask for, because more would delay the start of the node too long. */
const MAX_ROUNDS = 2_000_000;
const KEY_WRAP = "PBES2-HS512+A256KW";
const ENCRYPTION = "A256GCM";

/**
 * - `KEY_FILE_MALFORMED`: the file is not an encrypted JWK, or its key is of a kind that can't sign here;
 * - `KEY_FILE_PASSWORD`: the password is wrong, or the file was altered.
 */
export class KeyFileError extends CodedError<"KEY_FILE_MALFORMED" | "KEY_FILE_PASSWORD"> {}

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** Seed of an ML-DSA key, from which OpenSSL derives the key pair (FIPS 204, algorithm 1). */
const seed = coordinate;
const issuer = z.string().regex(/^(?:did:mapae:[a-z0-9-]{1,32}:0x[0-9a-f]{40}|operator:[^\p{Cc}]{1,200})$/u);
const privateJwkSchema = z.discriminatedUnion("kty", [
  z.object({
    kty: z.literal("EC"),
    crv: z.literal("P-256"),
    x: coordinate,
    y: coordinate,
    d: coordinate,
    issuer,
  }),
  z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: coordinate, d: coordinate, issuer }),
  z.object({
    kty: z.literal("AKP"),
    alg: z.enum(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]),
    pub: z.string().regex(/^[A-Za-z0-9_-]+$/),
    priv: seed,
    issuer,
  }),
]);

/**
 * The decrypted content of a key file: a private JWK (RFC 7517), with the issuer or operator for which it signs; see
 * `Signer.issuer`.
 */
export type PrivateJwk = z.infer<typeof privateJwkSchema>;

type KeyTypeOf<A extends SignatureAlgorithm> = A extends "ES256" ? "EC" : A extends "EdDSA" ? "OKP" : "AKP";

/** Generates a key for an issuer or an operator. */
export function newKey<A extends SignatureAlgorithm>(
  issuer: string,
  algorithm: A,
): Extract<PrivateJwk, { kty: KeyTypeOf<A> }> {
  const { privateKey } = newPair(algorithm);
  const key = privateJwkSchema.parse({ ...privateKey.export({ format: "jwk" }), issuer });
  return key as Extract<PrivateJwk, { kty: KeyTypeOf<A> }>;
}

function newPair(algorithm: SignatureAlgorithm): { privateKey: KeyObject } {
  if (algorithm === "ES256") return generateKeyPairSync("ec", { namedCurve: "P-256" });
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519");
  return generateKeyPairSync(algorithm.toLowerCase() as Lowercase<MlDsa>);
}

/** The text of a key file: an encrypted JWK (RFC 7517, section 7) as a compact JWE. */
export function sealKey(key: PrivateJwk, password: string): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(key)))
    .setProtectedHeader({ alg: KEY_WRAP, enc: ENCRYPTION, cty: "jwk+json" })
    .setKeyManagementParameters({ p2c: ROUNDS })
    .encrypt(Buffer.from(password));
}

/**
 * Decrypts a key file to a signer.
 * @param text the content of the file.
 * @throws KeyFileError
 */
export async function openKey(text: string, password: string): Promise<Signer> {
  const key = privateJwkSchema.safeParse(await decrypted(text.trim(), password));
  // The parser's message is left out, because it may contain the key.
  if (!key.success) throw malformed(`what is inside is no key of ${SIGNING_KEYS} for an issuer or an operator`);
  return signerOf(key.data);
}

/** @throws KeyFileError `KEY_FILE_MALFORMED` when the public and the private half do not belong together. */
export function signerOf(key: PrivateJwk): Signer {
  const jwk = publicHalf(key);
  const algorithm = algorithmOf(jwk);
  const signWith = algorithm && signature(key, jwk, algorithm);
  if (algorithm === undefined || signWith === undefined) throw malformed("what is inside is no pair of keys");
  const { issuer } = key;
  const keyId = `${issuer}#${thumbprint(jwk)}`;
  return { issuer, keyId, jwk, algorithm, sign: async (data) => signWith(data) };
}

function publicHalf(key: PrivateJwk): PublicJwk {
  if (key.kty === "AKP") return { kty: key.kty, alg: key.alg, pub: key.pub };
  const { kty, crv, x } = key;
  return kty === "EC" ? { kty, crv, x, y: key.y } : { kty, crv, x };
}

/**
 * The signing function of a key; `undefined` when its halves are not valid keys or do not belong together, which OpenSSL
 * does not check.
 */
function signature(key: PrivateJwk, jwk: PublicJwk, algorithm: SignatureAlgorithm) {
  const hash = algorithm === "ES256" ? "sha256" : null;
  const dsaEncoding = "ieee-p1363";
  try {
    const privateKey = createPrivateKey({ key, format: "jwk" });
    const publicKey = createPublicKey({ key: jwk, format: "jwk" });
    const signWith = (data: Uint8Array) => sign(hash, data, { key: privateKey, dsaEncoding });
    const test = Buffer.from("a pair of keys");
    return verify(hash, test, { key: publicKey, dsaEncoding }, signWith(test)) ? signWith : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined; // OpenSSL rejects the key
    throw error;
  }
}

async function decrypted(text: string, password: string): Promise<unknown> {
  try {
    const { plaintext } = await compactDecrypt(text, Buffer.from(password), {
      keyManagementAlgorithms: [KEY_WRAP],
      contentEncryptionAlgorithms: [ENCRYPTION],
      maxPBES2Count: MAX_ROUNDS,
    });
    return JSON.parse(Buffer.from(plaintext).toString());
  } catch (cause) {
    if (cause instanceof errors.JWEDecryptionFailed) {
      throw new KeyFileError("KEY_FILE_PASSWORD", "The password does not open the key file, or the file was altered");
    }
    if (cause instanceof errors.JOSEError) throw malformed(cause.message);
    // The parser's message is left out, because it quotes the decrypted text.
    if (cause instanceof SyntaxError) throw malformed("what is inside is no JSON");
    throw cause;
  }
}

function malformed(why: string): KeyFileError {
  return new KeyFileError("KEY_FILE_MALFORMED", `This is no key file as \`mapae signer new\` writes it: ${why}`);
}
