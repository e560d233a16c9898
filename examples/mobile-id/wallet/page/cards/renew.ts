import type { Vault } from "../vault/vault.ts";
import { type Card, unusedOf } from "./card.ts";
import { issuerClients } from "./openid.ts";
import { askForCopies, CardError } from "./receive.ts";

/** An error of the client for an error of the issuer's server. */
interface RefusedByServer extends Error {
  readonly errorResponse?: { readonly error: string };
}

/** Number of unused copies below which more are requested. */
export const FEW_COPIES = 3;

/**
 * Requests new copies from the issuer by the refresh token. This is done when the wallet is refreshed and never during a
 * presentation, so that the issuer does not learn when a card is used.
 *
 * @returns the card with the new copies only: unused old ones are dropped, because the new ones are valid for longer.
 * @throws CardError `CARD_ENDED` when the issuer no longer accepts the token, for example after a lost phone; and what the
 * clients throw.
 */
export async function renew(vault: Vault, card: Card): Promise<Card> {
  if (card.renewal === null) return card;
  const { token, key } = card.renewal;
  const clients = issuerClients(vault);
  const metadata = await clients.vci.resolveIssuerMetadata(card.issuerUrl);
  const [authorizationServerMetadata] = metadata.authorizationServers;
  if (authorizationServerMetadata === undefined) throw new TypeError("The issuer names no authorization server");
  const asked = { authorizationServerMetadata, refreshToken: token, dpop: { signer: await clients.signer(key) } };
  const answer = await clients.oauth.retrieveRefreshTokenAccessToken(asked).catch((cause: RefusedByServer) => {
    if (cause.errorResponse?.error !== "invalid_grant") throw cause;
    throw new CardError("CARD_ENDED", "The issuer takes the refresh token no more", { cause });
  });
  const { access_token: accessToken, refresh_token: next = token } = answer.accessTokenResponse;
  const access = { accessToken, key, nonce: answer.dpop?.nonce };
  const copies = await askForCopies(vault, clients, { metadata, configuration: card.configuration, access });
  return { ...card, copies, renewal: { token: next, key } };
}

export function needsCopies(card: Card): boolean {
  return card.renewal !== null && unusedOf(card).length < FEW_COPIES;
}
