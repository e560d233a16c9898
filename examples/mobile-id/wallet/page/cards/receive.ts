import type { IssuerMetadataResult } from "@openid4vc/openid4vci";
import { readCredential } from "../../../../../resolver/index.ts";
import { orRemove } from "../vault/or-remove.ts";
import type { Vault } from "../vault/vault.ts";
import { type Card, type Copy, claimsOf, NO_END } from "./card.ts";
import { CardError } from "./card-error.ts";
import type { Offer } from "./offer.ts";
import { type IssuerClients, issuerClients, publicJwkOf } from "./openid.ts";

/** Number of copies in one request, if the issuer allows as many. */
const COPIES = 10;

/** Redeems an offer and the code for a card with {@link COPIES} copies. Only keys are stored yet, and none if it fails. */
export async function receive(vault: Vault, from: Offer, code: string | undefined): Promise<Card> {
  const key = await vault.makeKey();
  return orRemove(vault, [key], () => receiveWith(vault, key, from, code));
}

async function receiveWith(vault: Vault, key: string, from: Offer, code: string | undefined): Promise<Card> {
  const clients = issuerClients(vault);
  const { offer, metadata } = from;
  const token = await clients.vci.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer: offer,
    issuerMetadata: metadata,
    ...(code !== undefined && { txCode: code }),
    dpop: { signer: await clients.signer(key) },
  });
  const { access_token: accessToken, refresh_token: refresh } = token.accessTokenResponse;
  const access: Access = { accessToken, key, nonce: token.dpop?.nonce };
  const copies = await askForCopies(vault, clients, { metadata, configuration: from.configuration, access });
  return {
    id: crypto.randomUUID(),
    ...contentsOf(copies),
    configuration: from.configuration,
    issuerUrl: from.issuerUrl,
    name: from.name,
    issuerName: from.issuerName,
    copies,
    renewal: refresh === undefined ? null : { token: refresh, key },
    receivedAt: Math.floor(Date.now() / 1_000),
  };
}

export interface Access {
  readonly accessToken: string;
  /** The key that the token is bound to (DPoP). */
  readonly key: string;
  readonly nonce: string | undefined;
}

interface Asked {
  readonly metadata: IssuerMetadataResult;
  readonly configuration: string;
  readonly access: Access;
}

/**
 * Requests copies, each with a new key of its own (OpenID4VCI 1.0, section 8). Only the keys of the copies are left in the vault.
 * @throws CardError, and what the client throws.
 */
export async function askForCopies(vault: Vault, clients: IssuerClients, asked: Asked): Promise<readonly Copy[]> {
  const { metadata } = asked;
  const most = metadata.credentialIssuer.batch_credential_issuance?.batch_size ?? 1;
  const { c_nonce: nonce } = await clients.vci.requestNonce({ issuerMetadata: metadata });
  const keys = await Promise.all(Array.from({ length: Math.min(COPIES, most) }, () => vault.makeKey()));
  const copies = await orRemove(vault, keys, () => copiesFor(vault, clients, { ...asked, nonce, keys }));
  const used = new Set(copies.map(({ key }) => key));
  for (const key of keys) if (!used.has(key)) await vault.removeKey(key);
  return copies;
}

async function copiesFor(
  vault: Vault,
  { vci, signer }: IssuerClients,
  { metadata, configuration, access, nonce, keys }: Asked & { nonce: string; keys: readonly string[] },
): Promise<readonly Copy[]> {
  const proofs = await Promise.all(
    keys.map(async (key) => {
      const made = await vci.createCredentialRequestJwtProof({
        signer: await signer(key),
        nonce,
        issuerMetadata: metadata,
        credentialConfigurationId: configuration,
      });
      return made.jwt;
    }),
  );
  const { credentialResponse } = await vci.retrieveCredentials({
    issuerMetadata: metadata,
    credentialConfigurationId: configuration,
    proofs: { jwt: proofs as [string, ...string[]] },
    accessToken: access.accessToken,
    dpop: { signer: await signer(access.key), ...(access.nonce !== undefined && { nonce: access.nonce }) },
  });
  const given = (credentialResponse.credentials ?? []).map((one) => (one as { credential: unknown }).credential);
  return pair(vault, keys, given);
}

/** Assigns copies to keys: the issuer may answer in any order, and each key may have at most one copy. */
async function pair(vault: Vault, keys: readonly string[], given: readonly unknown[]): Promise<readonly Copy[]> {
  const free = new Map(
    await Promise.all(keys.map(async (key) => [(await publicJwkOf(await vault.key(key))).x, key] as const)),
  );
  return given.map((text) => {
    const jwk =
      typeof text === "string" ? (readCredential(text).claims.cnf as { jwk?: { x?: string } })?.jwk : undefined;
    const key = free.get(jwk?.x);
    if (key === undefined || typeof text !== "string") {
      throw new CardError("CARD_NOT_OURS", "The issuer gave a card for a key that this phone did not ask for");
    }
    free.delete(jwk?.x);
    return { key, text, used: false };
  });
}

/** What the copies of a card say. @throws CardError `CARD_OFFER` where there are none. */
export function contentsOf([first]: readonly Copy[]): Pick<Card, "type" | "issuer" | "claims" | "list" | "expires"> {
  if (first === undefined) throw new CardError("CARD_OFFER", "The issuer gave no card");
  const { type, issuer, validUntil, status } = readCredential(first.text);
  const expires = validUntil ?? NO_END;
  return { type, issuer: issuer.did, claims: claimsOf(first.text), list: status?.uri ?? null, expires };
}
