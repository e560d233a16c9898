import type { CredentialOfferObject, IssuerMetadataResult } from "@openid4vc/openid4vci";
import { isShownText, readCredential } from "../../../../../resolver/index.ts";
import type { Vault } from "../vault/vault.ts";
import { type Card, type Copy, claimsOf, type Named, NO_END } from "./card.ts";
import { type IssuerClients, issuerClients, publicJwkOf } from "./openid.ts";

/** Number of copies in one request, if the issuer allows as many. */
const COPIES = 10;

/**
 * Why a card could not be received: `CARD_OFFER` for a bad offer, `CARD_NOT_OURS` for a card that is bound to another key,
 * `CARD_ENDED` when the issuer gives this phone no more copies. Or why it could not be presented: `CARD_USED_UP` when its last
 * copy was used in the meantime, `CARD_CHANGED` when a copy says something else than its holder agreed to show.
 */
export class CardError extends Error {
  override readonly name = "CardError";
  readonly code: "CARD_OFFER" | "CARD_NOT_OURS" | "CARD_ENDED" | "CARD_USED_UP" | "CARD_CHANGED";
  constructor(code: CardError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An offer that was read, and the metadata of its issuer. */
export interface Offer {
  readonly offer: CredentialOfferObject;
  readonly metadata: IssuerMetadataResult;
  readonly configuration: string;
  readonly issuerUrl: string;
  readonly name: Named;
  readonly issuerName: Named;
  /** Number of digits of the code that the desk hands out on paper; `undefined` when none is needed. */
  readonly codeLength: number | undefined;
}

/** Reads the offer in a desk's QR code or link (OpenID4VCI 1.0, section 4.1). @throws CardError, and what the client throws. */
export async function readOffer(vault: Vault, text: string): Promise<Offer> {
  const { vci } = issuerClients(vault);
  const offer = await vci.resolveCredentialOffer(text);
  const metadata = await vci.resolveIssuerMetadata(offer.credential_issuer);
  const [configuration] = offer.credential_configuration_ids;
  const grant = offer.grants?.["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
  const supported = configuration && metadata.credentialIssuer.credential_configurations_supported[configuration];
  if (configuration === undefined || supported === undefined || grant === undefined) {
    throw new CardError("CARD_OFFER", "The offer names no card of its issuer with a pre-authorized code");
  }
  const { credential_metadata: about, display } = supported as {
    credential_metadata?: { display?: Display };
    display?: Display;
  };
  return {
    offer,
    metadata,
    configuration,
    issuerUrl: offer.credential_issuer,
    name: named(about?.display ?? display, configuration),
    issuerName: named(metadata.credentialIssuer.display as Display, new URL(offer.credential_issuer).host),
    codeLength: grant.tx_code === undefined ? undefined : (grant.tx_code.length ?? 6),
  };
}

/** Redeems an offer and the code for a card with {@link COPIES} copies. Nothing is stored yet. */
export async function receive(vault: Vault, from: Offer, code: string | undefined): Promise<Card> {
  const clients = issuerClients(vault);
  const { offer, metadata } = from;
  const key = await vault.makeKey();
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

/**
 * Requests copies, each with a new key of its own (OpenID4VCI 1.0, section 8). @throws CardError, and what the client throws.
 */
export async function askForCopies(
  vault: Vault,
  { vci, signer }: IssuerClients,
  { metadata, configuration, access }: { metadata: IssuerMetadataResult; configuration: string; access: Access },
): Promise<readonly Copy[]> {
  const most = metadata.credentialIssuer.batch_credential_issuance?.batch_size ?? 1;
  const { c_nonce: nonce } = await vci.requestNonce({ issuerMetadata: metadata });
  const keys = await Promise.all(Array.from({ length: Math.min(COPIES, most) }, () => vault.makeKey()));
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

type Display = readonly { readonly name?: string; readonly locale?: string }[] | undefined;

/** Longest name that is shown, in characters. */
const MAX_NAME = 60;

/** The names that an issuer gives in its metadata, which nobody has signed, if they may be shown like an office's name. */
function named(display: Display, otherwise: string): Named {
  const shown = display?.filter(({ name = "" }) => name.length <= MAX_NAME && isShownText(name));
  const of = (language: string) =>
    shown?.find(({ locale }) => locale?.split("-")[0] === language)?.name ?? shown?.[0]?.name ?? otherwise;
  return { ko: of("ko"), en: of("en") };
}
