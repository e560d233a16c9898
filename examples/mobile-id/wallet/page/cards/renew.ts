import type { Vault } from "../vault/vault.ts";
import { type Card, unusedOf } from "./card.ts";
import { issuerClients } from "./openid.ts";
import { askForCopies } from "./receive.ts";

/** Unused copies below which more are asked for. */
export const FEW_COPIES = 3;

/**
 * Asks the issuer for new copies by the refresh token. Never on the way to a verifier: the issuer must not learn when a card is
 * used, so this is done when the wallet is refreshed.
 *
 * @returns the card with all new copies; copies that were left are dropped, for the new ones are valid for longer.
 */
export async function renew(vault: Vault, card: Card): Promise<Card> {
  if (card.renewal === null) return card;
  const { token, key } = card.renewal;
  const clients = issuerClients(vault);
  const metadata = await clients.vci.resolveIssuerMetadata(card.issuerUrl);
  const [authorizationServerMetadata] = metadata.authorizationServers;
  if (authorizationServerMetadata === undefined) throw new TypeError("The issuer names no authorization server");
  const answer = await clients.oauth.retrieveRefreshTokenAccessToken({
    authorizationServerMetadata,
    refreshToken: token,
    dpop: { signer: await clients.signer(key) },
  });
  const { access_token: accessToken, refresh_token: next = token } = answer.accessTokenResponse;
  const access = { accessToken, key, nonce: answer.dpop?.nonce };
  const copies = await askForCopies(vault, clients, { metadata, configuration: card.configuration, access });
  return { ...card, copies, renewal: { token: next, key } };
}

export function needsCopies(card: Card): boolean {
  return card.renewal !== null && unusedOf(card).length < FEW_COPIES;
}
