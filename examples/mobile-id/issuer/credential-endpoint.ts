import { Oauth2ErrorCodes, Oauth2ServerErrorResponseError } from "@openid4vc/oauth2";
import { type IssuerMetadataResult, Openid4vciIssuer } from "@openid4vc/openid4vci";
import { calculateJwkThumbprint, decodeJwt, type JWK } from "jose";
import { type Handler, json } from "../shared/http.ts";
import type { openidCallbacks } from "../shared/openid.ts";
import type { Cards } from "./cards.ts";
import type { DpopProofs } from "./dpop.ts";
import { BATCH_SIZE } from "./metadata.ts";
import { ProofNonces } from "./proof-nonces.ts";
import { cardsFor, type Person, type Roll } from "./roll.ts";
import type { WalletGrant, Wallets } from "./wallets.ts";

/** Most seconds between a proof and now. */
const WINDOW = 300;

export interface CredentialEndpointParts {
  readonly metadata: IssuerMetadataResult;
  readonly wallets: Wallets;
  readonly roll: Roll;
  readonly cards: Cards;
  readonly dpop: DpopProofs;
  readonly callbacks: ReturnType<typeof openidCallbacks>;
}

/**
 * An error of OpenID4VCI 1.0, section 8.3.1.2, or of RFC 6750 and RFC 9449, with its code, and with the headers that the wallet
 * needs for another try.
 */
class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly response: Response;

  constructor(error: string, description: string, status = 400) {
    super(description);
    this.code = error;
    const challenge = `DPoP error="${error}", algs="ES256"`;
    this.response = json(
      { error, error_description: description },
      { status, ...(status === 401 && { headers: { "www-authenticate": challenge } }) },
    );
  }
}

/** `POST /nonce` and `POST /credential` (OpenID4VCI 1.0, sections 7 and 8). */
export function credentialEndpoint(parts: CredentialEndpointParts): { nonce: Handler; credential: Handler } {
  const { metadata, wallets, roll, cards, dpop } = parts;
  const issuer = new Openid4vciIssuer({ callbacks: parts.callbacks as never });
  const nonces = new ProofNonces();
  const nonce: Handler = () => json({ c_nonce: nonces.give() });

  const answer = async (request: Request): Promise<Response> => {
    const grant = await authorize(request, { wallets, dpop });
    const credentialRequest = await body(request);
    expectConfiguration(credentialRequest, grant, metadata);
    expectProofs(credentialRequest);
    const parsed = issuer.parseCredentialRequest({ issuerMetadata: metadata, credentialRequest });
    const proofs = parsed.proofs?.jwt ?? [];
    if (proofs.length > BATCH_SIZE) {
      throw new Refusal("invalid_credential_request", `proofs has ${proofs.length} keys, wanted at most ${BATCH_SIZE}`);
    }
    const entitled = () => personEntitled({ wallets, roll }, grant);
    if (entitled() === undefined) throw noSuchCard();
    const keys = await verifyProofs(proofs);
    const credentials = await cards.issue(grant.configuration, entitled, keys);
    if (credentials === undefined) throw noSuchCard();
    return json(
      issuer.createCredentialResponse({
        credentialRequest: parsed,
        credentials: credentials.map((credential) => ({ credential })),
      }),
    );
  };

  /** Verifies that each proof is by a key of its own, for this issuer and recent, all with the nonce of this request. */
  async function verifyProofs(proofs: readonly string[]): Promise<JWK[]> {
    const said = new Set(proofs.map(nonceOf));
    const [expectedNonce] = said;
    if (said.size !== 1 || expectedNonce === undefined || !nonces.take(expectedNonce)) {
      throw new Refusal(
        "invalid_nonce",
        "The nonce of the proofs is unknown, was used, or has ended: ask for a new one",
      );
    }
    const keys = new Map<string, JWK>();
    for (const jwt of proofs) {
      const proof = await issuer.verifyCredentialRequestJwtProof({ issuerMetadata: metadata, jwt, expectedNonce });
      const { jwk } = proof.header;
      const isNow = Math.abs(Date.now() / 1_000 - proof.payload.iat) <= WINDOW;
      if (jwk?.kty !== "EC" || jwk.crv !== "P-256" || jwk.x === undefined || jwk.y === undefined || "d" in jwk) {
        throw new Refusal("invalid_proof", "A proof names its key by a public JWK of P-256 in its header");
      }
      if (!isNow) throw new Refusal("invalid_proof", `A proof was made more than ${WINDOW} s from now`);
      const key: JWK = { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y };
      keys.set(await calculateJwkThumbprint(key), key);
    }
    if (keys.size < proofs.length) throw new Refusal("invalid_proof", "Two proofs are by one key");
    return [...keys.values()];
  }

  const credential: Handler = async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      if (error instanceof Oauth2ServerErrorResponseError) return json(error.errorResponse, { status: 400 });
      throw error;
    }
  };
  return { nonce, credential };
}

/** The person of a wallet that may have its card at this moment. */
export function personEntitled(
  { wallets, roll }: Pick<CredentialEndpointParts, "wallets" | "roll">,
  { wallet, person: id, configuration }: WalletGrant,
): Person | undefined {
  const person = wallets.has(wallet) ? roll.person(id) : undefined;
  return person && cardsFor(person).includes(configuration) ? person : undefined;
}

function noSuchCard(): Refusal {
  return new Refusal("credential_request_denied", "This person gets no such card now");
}

/** The wallet of the access token (RFC 9449, section 7.1). A token in the query is refused (RFC 6750, section 2.3). */
async function authorize(
  request: Request,
  { wallets, dpop }: Pick<CredentialEndpointParts, "wallets" | "dpop">,
): Promise<WalletGrant> {
  if (new URL(request.url).searchParams.has("access_token")) {
    throw new Refusal("invalid_request", "The access token belongs into the Authorization header");
  }
  const [, accessToken] = /^DPoP ([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  const grant = accessToken === undefined ? undefined : wallets.grantOf(accessToken);
  if (accessToken === undefined || grant === undefined) {
    throw new Refusal("invalid_token", "Wanted Authorization: DPoP with an access token that holds", 401);
  }
  try {
    await dpop.verify(request, { accessToken, expectedJwkThumbprint: grant.thumbprint });
  } catch (error) {
    if (!(error instanceof Oauth2ServerErrorResponseError)) throw error;
    const { error_description: why } = error.errorResponse;
    throw new Refusal(Oauth2ErrorCodes.InvalidDpopProof, why ?? "The DPoP proof is not good", 401);
  }
  return grant;
}

async function body(request: Request): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await request.json();
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw new Refusal("invalid_credential_request", "The body is no JSON object");
}

function expectConfiguration(
  { credential_configuration_id: id, credential_identifier: identifier }: Readonly<Record<string, unknown>>,
  grant: WalletGrant,
  metadata: IssuerMetadataResult,
): void {
  if (identifier !== undefined) {
    throw new Refusal(
      "unknown_credential_identifier",
      "No credential_identifier was given out: name the configuration",
    );
  }
  if (typeof id !== "string") throw new Refusal("invalid_credential_request", "credential_configuration_id is missing");
  if (!Object.hasOwn(metadata.credentialIssuer.credential_configurations_supported, id)) {
    throw new Refusal("unknown_credential_configuration", `There is no ${id.slice(0, 80)} here`);
  }
  if (id !== grant.configuration) {
    throw new Refusal("credential_request_denied", `The access token is for ${grant.configuration}`);
  }
}

const COMPACT_JWT = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2}$/;

/** For malformed proofs the library reports an invalid request, but the specification has an error code of its own. */
function expectProofs({ proofs }: Readonly<Record<string, unknown>>): void {
  const jwt = typeof proofs === "object" && proofs !== null && "jwt" in proofs ? proofs.jwt : undefined;
  if (Array.isArray(jwt) && jwt.length > 0 && jwt.every((one) => typeof one === "string" && COMPACT_JWT.test(one)))
    return;
  throw new Refusal("invalid_proof", "proofs has no jwt, which is an array of one proof for each card");
}

/** The nonce in a proof, not verified yet. */
function nonceOf(jwt: string): string | undefined {
  try {
    const { nonce } = decodeJwt(jwt);
    return typeof nonce === "string" ? nonce : undefined;
  } catch {
    throw new Refusal("invalid_proof", "A proof is no JWT");
  }
}
