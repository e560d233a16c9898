import type { Vault } from "../vault/vault.ts";
import { type Card, unusedOf } from "./card.ts";
import { issuerClients } from "./openid.ts";
import { askForCopies, CardError } from "./receive.ts";

/** An error of the client for what the issuer's server answered. */
interface RefusedByServer extends Error {
  readonly errorResponse?: { readonly error: string };
}

/** Unused copies below which more are asked for. */
export const FEW_COPIES = 3;

/**
 * Asks the issuer for new copies by the refresh token. Never on the way to a verifier: the issuer must not learn when a card is
 * used, so this is done when the wallet is refreshed.
 *
 * @returns the card with all new copies; copies that were left are dropped, for the new ones are valid for longer.
 * @throws CardError `CARD_ENDED` when the issuer takes the token no more, as after a lost phone; and what its clients throw.
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
