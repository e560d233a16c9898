import assert from "node:assert/strict";
import { base58, base64, base64url } from "@scure/base";
import type { DIDDocument, DIDResolutionResult, VerificationMethod } from "did-resolver";
import { hexlify } from "ethers";

/** One method under one relationship. `key` is `undefined` when the document has no method of that id. */
export interface Claim {
  readonly relationship: string;
  readonly id: string;
  /** `controller <address>`, `account <address>` or `<algorithm> <raw public key>`. */
  readonly key: string | undefined;
}

/** The facts of a DID in a format for both `ethr-did-resolver` and Mapae; `undefined` when it was never written. */
export interface View {
  readonly claims: readonly Claim[];
  /** Each as `<type> <endpoint as JSON>`. */
  readonly services: readonly string[];
  readonly deactivated: boolean;
  readonly versionId: string | undefined;
  readonly updated: string | undefined;
  readonly nextVersionId: string | undefined;
  readonly nextUpdate: string | undefined;
}

/** The view of Mapae's answer; fails on an error other than `notFound`. */
export function viewOfOurs(result: DIDResolutionResult): View | undefined {
  if (result.didResolutionMetadata.error === "notFound") return undefined;
  return viewOf(result, (method) => {
    const { kty, crv = "", x, y, alg, pub } = (method.publicKeyJwk ?? {}) as Partial<Record<string, string>>;
    if (alg !== undefined && pub !== undefined) return `${alg.replaceAll("-", "")} ${hexlify(base64Url(pub))}`;
    const algorithm = { "P-256": "P256", secp256k1: "Secp256k1", Ed25519: "Ed25519", X25519: "X25519" }[crv];
    assert(algorithm && x, `${JSON.stringify(method)} has no key`);
    const raw = base64Url(x);
    if (kty === "OKP") return `${algorithm} ${hexlify(raw)}`;
    assert(y);
    const isOdd = ((base64Url(y).at(-1) ?? 0) & 1) === 1;
    return `${algorithm} ${hexlify(Uint8Array.of(isOdd ? 3 : 2, ...raw))}`;
  });
}

/** Types that `ethr-did-resolver` uses for keys of an algorithm under some purposes; otherwise it uses the algorithm's name. */
const ALGORITHM_OF: Record<string, string> = {
  EcdsaSecp256k1VerificationKey2019: "Secp256k1",
  Ed25519VerificationKey2018: "Ed25519",
  X25519KeyAgreementKey2019: "X25519",
};

/** The view of their answer; fails on any error. */
export function viewOfTheirs(result: DIDResolutionResult): View {
  return viewOf(result, (method) => {
    const { publicKeyHex, publicKeyBase64, publicKeyBase58, value } = method as VerificationMethod & { value?: string };
    const algorithm = ALGORITHM_OF[method.type] ?? method.type;
    if (publicKeyBase64 !== undefined) return `${algorithm} ${hexlify(base64.decode(publicKeyBase64))}`;
    if (publicKeyBase58 !== undefined) return `${algorithm} ${hexlify(base58.decode(publicKeyBase58))}`;
    return `${algorithm} 0x${publicKeyHex ?? value ?? ""}`;
  });
}

const RELATIONSHIPS = ["authentication", "assertionMethod", "keyAgreement", "capabilityInvocation"] as const;

function viewOf(result: DIDResolutionResult, keyOf: (method: VerificationMethod) => string): View {
  const { error, message } = result.didResolutionMetadata;
  assert.equal(error, undefined, message);
  const document: DIDDocument = result.didDocument ?? { id: "" };
  const keys = new Map(document.verificationMethod?.map((method) => [method.id, accountOf(method) ?? keyOf(method)]));
  const { deactivated = false, versionId, created, updated, nextVersionId, nextUpdate } = result.didDocumentMetadata;
  return {
    claims: RELATIONSHIPS.flatMap((relationship) =>
      (document[relationship] ?? []).map((id) => {
        assert(typeof id === "string", "a relationship holds ids");
        return { relationship, id, key: keys.get(id) };
      }),
    ),
    services: (document.service ?? []).map(({ type, serviceEndpoint }) => `${type} ${JSON.stringify(serviceEndpoint)}`),
    deactivated,
    versionId,
    // Mapae's metadata has no `updated` before the first update.
    updated: updated ?? created,
    nextVersionId,
    nextUpdate,
  };
}

function accountOf({ id, blockchainAccountId }: VerificationMethod): string | undefined {
  if (blockchainAccountId === undefined) return undefined;
  return `${id.endsWith("#controller") ? "controller" : "account"} ${blockchainAccountId}`;
}

function base64Url(text: string): Uint8Array {
  return base64url.decode(text.padEnd(Math.ceil(text.length / 4) * 4, "="));
}

/** A view in a canonical order, without ids, which differ between the two, and without duplicates. */
export function canonical(view: View | undefined): unknown {
  if (view === undefined) return undefined;
  const claims = view.claims.map(({ relationship, key }) => `${relationship} ${key}`);
  return { ...view, claims: [...new Set(claims)].sort(), services: [...new Set(view.services)].sort() };
}
