import { orRemove } from "../vault/or-remove.ts";
import type { Vault } from "../vault/vault.ts";
import { type Card, type Copy, keysOf, unusedOf } from "./card.ts";
import { CardError } from "./card-error.ts";
import type { CardStore } from "./card-store.ts";
import { issuerClients } from "./openid.ts";
import { askForCopies, contentsOf } from "./receive.ts";

/** An error of the client for an error of the issuer's server. */
interface RefusedByServer extends Error {
  readonly errorResponse?: { readonly error: string };
}

/** Number of unused copies below which more are requested. */
export const FEW_COPIES = 3;

/** Seconds before the end of a card in which new copies are requested, however many are unused. */
const RENEW_BEFORE = 7 * 86_400;

/**
 * Requests new copies from the issuer by the refresh token. This is done when the wallet is refreshed and never during a
 * presentation, so that the issuer does not learn when a card is used.
 *
 * @returns the card with the new copies only, and what they say: unused old ones are dropped, because the new ones are valid for
 * longer, and a claim may have changed.
 * @throws CardError `CARD_ENDED` when the issuer no longer accepts the token, for example after a lost phone; `CARD_OFFER` when
 * it gives none, or a card of another type or issuer; and what the clients throw.
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
  const renewed = async () => ({ ...card, ...newContents(card, copies), copies, renewal: { token: next, key } });
  return orRemove(vault, keysOf(copies), renewed);
}

/** What new copies of a card say. @throws CardError `CARD_OFFER` for copies of another card. */
function newContents({ type, issuer }: Card, copies: readonly Copy[]): ReturnType<typeof contentsOf> {
  const contents = contentsOf(copies);
  if (contents.type === type && contents.issuer === issuer) return contents;
  throw new CardError("CARD_OFFER", `Got a ${contents.type} by ${contents.issuer}, wanted new copies of ${type}`);
}

/**
 * Renews the cards that have few copies, or that end soon. Each issuer is asked for its cards alone: one that fails must not
 * prevent the renewal of others' cards.
 *
 * @param now Unix seconds.
 * @returns what failed.
 */
export async function renewAll(vault: Vault, store: CardStore, now: number): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const card of (await store.all()).filter((one) => needsCopies(one, now))) {
    try {
      await store.replace(card, await renew(vault, card));
    } catch (failure) {
      failures.push(failure);
    }
  }
  return failures;
}

function needsCopies(card: Card, now: number): boolean {
  const isEnding = card.expires - now < RENEW_BEFORE;
  return card.renewal !== null && (unusedOf(card).length < FEW_COPIES || isEnding);
}
