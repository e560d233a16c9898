import { createHash } from "node:crypto";
import { type CryptoKey, importJWK, type JWK } from "jose";
import { newKey, signerOf } from "../../node/issuing/key-file.ts";
import { readCredential } from "../../resolver/credential/read-credential.ts";
import { type CredentialAnswer, listOf, verifyCredential } from "../../resolver/credential/verify-credential.ts";
import { formatDid } from "../../resolver/did/did.ts";
import { keccak256Text } from "../../resolver/primitives/keccak.ts";
import { publish, status } from "../node/lists/served-node.ts";
import { ChainSimulator, simulatedIdentity } from "./chain-simulator.ts";
import { evidenceAsOf } from "./evidence.ts";

/** The issuer of the vectors, accredited for `https://types.example/0`, with list 0 at `https://lists.example/0`. */
export const ISSUER = formatDid("local", simulatedIdentity(1));
/** The moment at which credentials are verified, in Unix seconds. */
export const NOW = 1_700_100_000;
/** The only revoked index of its list. */
export const REVOKED_INDEX = 3;

export const KEYS = {
  "P-256": newKey(ISSUER, "ES256"),
  Ed25519: newKey(ISSUER, "EdDSA"),
  "ML-DSA-44": newKey(ISSUER, "ML-DSA-44"),
};
const SIGNERS = {
  "P-256": signerOf(KEYS["P-256"]),
  Ed25519: signerOf(KEYS.Ed25519),
  "ML-DSA-44": signerOf(KEYS["ML-DSA-44"]),
};
const PARAMETERS = {
  "P-256": { name: "ECDSA", hash: "SHA-256" },
  Ed25519: { name: "Ed25519" },
  "ML-DSA-44": { name: "ML-DSA-44" },
};

const chain = new ChainSimulator();
chain.mine([
  { do: "type", type: 0 },
  publish(SIGNERS["P-256"]),
  publish(SIGNERS.Ed25519),
  publish(SIGNERS["ML-DSA-44"]),
  { do: "grant", identity: 1, type: 0, parent: null },
  { do: "accept", identity: 1, type: 0, number: 0 },
  { do: "list", identity: 1, list: 0 },
]);
chain.mine([status(0, [REVOKED_INDEX, 200, 201])]);
/** When key, accreditation and list began, in Unix seconds. */
export const BEGAN = chain.tip.time - 2;

/** What is to be signed, valid or not. */
export interface Draft {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly key?: keyof typeof KEYS;
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The id of a key in the issuer's document. */
export const keyId = (key: keyof typeof KEYS) => SIGNERS[key].keyId;

/** The public half of a key. */
export const publicJwk = (key: keyof typeof KEYS): JWK => ({ ...SIGNERS[key].jwk });

/** A JWS by the issuer's key, with any header: `jose` would refuse to create most of the bad ones. */
export async function sign({ header, claims, key = "P-256" }: Draft): Promise<string> {
  const { issuer: _, ...jwk } = KEYS[key];
  const data = `${base64url(header)}.${base64url(claims)}`;
  const privateKey = (await importJWK(jwk as JWK, SIGNERS[key].algorithm)) as CryptoKey;
  const signature = await crypto.subtle.sign(PARAMETERS[key], privateKey, Buffer.from(data));
  return `${data}.${Buffer.from(signature).toString("base64url")}`;
}

/** A disclosure, and its digest. */
export function disclosureOf(parts: unknown) {
  const text = base64url(parts);
  return { text, digest: createHash("sha256").update(text).digest("base64url") };
}

/** Reads and judges a credential as of the chain's newest block. */
export async function judge(text: string, now = NOW): Promise<CredentialAnswer> {
  const credential = readCredential(text);
  const list = listOf(credential) ?? "0x";
  const evidence = evidenceAsOf(chain.branch, {
    issuer: credential.issuer.address,
    key: credential.key,
    typeId: keccak256Text(credential.type),
    at: credential.issuedAt,
    status: credential.status && { list, index: credential.status.index },
  });
  return verifyCredential(credential, evidence, { now, maxStaleness: Number.POSITIVE_INFINITY });
}

/** A short form of an answer, such as `invalid revoked`. */
export function short(answer: CredentialAnswer): string {
  return answer.verdict === "valid" ? "valid" : `${answer.verdict} ${answer.reason}`;
}
