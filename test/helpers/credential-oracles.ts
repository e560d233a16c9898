import { createHash } from "node:crypto";
import { createHeaderAndPayload, StatusList } from "@sd-jwt/jwt-status-list";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { verifyCredential } from "did-jwt-vc";
import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { readCredential } from "../../resolver/credential/read-credential.ts";
import { ISSUER, KEYS, keyId, NOW, publicJwk, REVOKED_INDEX, sign } from "./credential-issuer.ts";

/** Seconds by which the clocks of issuer and verifier may differ, as in the library. */
const SKEW = 60;

const CURVES = Object.keys(KEYS) as (keyof typeof KEYS)[];

/** `jose` verifies the signature by the key that the token names. */
async function byJose(jws: string): Promise<void> {
  const { kid, alg } = decodeProtectedHeader(jws);
  const curve = CURVES.find((one) => keyId(one).endsWith(String(kid)));
  if (curve === undefined || alg === undefined) throw new Error("no such key");
  await compactVerify(jws, await importJWK(publicJwk(curve), alg));
}

/** The issuer's list, created by `@sd-jwt/jwt-status-list` and signed by the issuer's key. */
async function statusListToken(): Promise<string> {
  const statuses = Array.from({ length: 131_072 }, (_, index) => (index === REVOKED_INDEX ? 1 : 0));
  const claims = { iss: ISSUER, sub: "https://lists.example/0", iat: NOW };
  const { header, payload } = createHeaderAndPayload(new StatusList(statuses, 2), claims, {
    alg: "ES256",
    typ: "statuslist+jwt",
  });
  return sign({ header: { ...header, kid: keyId("P-256") }, claims: payload });
}
const statusList = statusListToken();

const sdJwtVc = new SDJwtVcInstance({
  hasher: (data, algorithm) =>
    createHash(algorithm.replace("-", ""))
      .update(typeof data === "string" ? data : new Uint8Array(data))
      .digest(),
  verifier: async (data, signature) => {
    await byJose(`${data}.${signature}`);
    return true;
  },
  statusListFetcher: () => statusList,
});

const resolver = {
  resolve: async (did: string) => ({
    didResolutionMetadata: {},
    didDocumentMetadata: {},
    didDocument: {
      id: did,
      verificationMethod: CURVES.map((curve) => ({
        ...{ id: keyId(curve), type: "JsonWebKey2020", controller: did },
        publicKeyJwk: publicJwk(curve),
      })),
      assertionMethod: CURVES.map(keyId),
    },
  }),
};

/**
 * Verifies a credential by foreign libraries: each one by `jose`, an SD-JWT VC by `@sd-jwt/sd-jwt-vc`, and the data model 1.1
 * by `did-jwt-vc`, which supports no other.
 *
 * @returns the error of each library that rejects it, by the library's name; empty when all accept it.
 */
export async function refusals(text: string): Promise<Record<string, unknown>> {
  const { format, claims } = readCredential(text);
  const [jws = ""] = text.trim().split("~");
  const { alg } = decodeProtectedHeader(jws);
  const asked: Record<string, () => Promise<unknown>> = { jose: () => byJose(jws) };
  if (format === "sd-jwt-vc") {
    asked["@sd-jwt/sd-jwt-vc"] = () => sdJwtVc.verify(text.trim(), { currentDate: NOW, skewSeconds: SKEW });
  }
  // did-jwt does not support RFC 9864's name of EdDSA.
  if (Object.hasOwn(claims, "vc") && alg !== "Ed25519") {
    asked["did-jwt-vc"] = () => verifyCredential(jws, resolver as never, { policies: { now: NOW }, skewTime: SKEW });
  }
  const found: Record<string, unknown> = {};
  for (const [name, ask] of Object.entries(asked)) {
    try {
      await ask();
    } catch (error) {
      found[name] = error;
    }
  }
  return found;
}
