import { z } from "zod";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import type { ExampleConfig } from "../shared/config.ts";
import { WALLET_ALGORITHMS } from "../shared/openid.ts";
import { CONFIGURATIONS } from "./roll.ts";

/** Most cards of one request. */
export const BATCH_SIZE = 10;

const typeMetadataSchema = z.object({
  vct: z.string(),
  display: z.array(z.object({ locale: z.string(), name: z.string(), description: z.string() })),
  claims: z.array(
    z.object({
      path: z.array(z.string()),
      mandatory: z.boolean(),
      display: z.array(z.object({ locale: z.string(), label: z.string() })),
    }),
  ),
});

/** The part of a type's metadata (SD-JWT VC) that the issuer's own metadata needs. */
export type TypeMetadata = z.output<typeof typeMetadataSchema>;

/** A node has no document of a type, or one with another hash than on the chain. */
export class TypeMetadataError extends Error {
  override readonly name = "TypeMetadataError";
  readonly code = "TYPE_METADATA";
}

/**
 * Reads the metadata of a type from a node, and compares it with the hash on the chain, as the node reports it.
 *
 * @throws TypeMetadataError when the node has another document or none.
 */
export async function readTypeMetadata(node: string, vct: string): Promise<TypeMetadata> {
  const ask = async (path: string) => {
    const answer = await fetch(node + path, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok)
      throw new TypeMetadataError(`${node}${path} answers ${answer.status}, wanted the document of a type`);
    return answer.text();
  };
  const [type, document] = await Promise.all([ask(`/types/${keccak256Text(vct)}`), ask(new URL(vct).pathname)]);
  const { schemaHash } = (JSON.parse(type) as { type: { schemaHash: string } }).type;
  if (keccak256Text(document) !== schemaHash)
    throw new TypeMetadataError(`The document of ${vct} is not that of the chain`);
  return typeMetadataSchema.parse(JSON.parse(document));
}

/** `/.well-known/openid-credential-issuer` (OpenID4VCI 1.0, section 12.2). */
export function issuerMetadata({ urls, issuers }: ExampleConfig, types: ReadonlyMap<string, TypeMetadata>) {
  const { issuer } = urls;
  const configurations = CONFIGURATIONS.flatMap((id) => {
    const type = types.get(issuers[id]?.type ?? "");
    if (type === undefined) return [];
    const claims = type.claims.map(({ path, mandatory, display }) => ({
      path,
      mandatory,
      display: display.map(({ locale, label }) => ({ locale, name: label })),
    }));
    const configuration = {
      format: "dc+sd-jwt",
      scope: id,
      vct: type.vct,
      cryptographic_binding_methods_supported: ["jwk"],
      credential_signing_alg_values_supported: ["ES256"],
      proof_types_supported: { jwt: { proof_signing_alg_values_supported: WALLET_ALGORITHMS } },
      credential_metadata: { display: type.display, claims },
    };
    return [[id, configuration] as const];
  });
  return {
    credential_issuer: issuer,
    credential_endpoint: `${issuer}/credential`,
    nonce_endpoint: `${issuer}/nonce`,
    batch_credential_issuance: { batch_size: BATCH_SIZE },
    display: [
      { locale: "ko", name: "모바일 신분증 발급센터" },
      { locale: "en", name: "Mobile ID issuing centre" },
    ],
    credential_configurations_supported: Object.fromEntries(configurations),
  };
}

/**
 * `/.well-known/oauth-authorization-server` (RFC 8414; OpenID4VCI 1.0, section 12.3). No grant type uses
 * `authorization_endpoint`, so RFC 8414 allows to leave it out. OpenID's conformance suite requires it nevertheless, so it
 * exists and refuses all requests.
 */
export function serverMetadata({ urls: { issuer } }: ExampleConfig) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: [],
    grant_types_supported: ["urn:ietf:params:oauth:grant-type:pre-authorized_code", "refresh_token"],
    token_endpoint_auth_methods_supported: ["none"],
    dpop_signing_alg_values_supported: WALLET_ALGORITHMS,
    "pre-authorized_grant_anonymous_access_supported": true,
  };
}
