/**
 * Why a card could not be received: `CARD_OFFER` for a bad offer, `CARD_ISSUER_UNKNOWN` for an offer of a site that the wallet's
 * settings do not name, `CARD_NOT_OURS` for a card that is bound to another key, `CARD_ENDED` when the issuer gives this phone no more copies. Or why it could not be presented: `CARD_USED_UP` when its last
 * copy was used in the meantime, `CARD_CHANGED` when a copy says something else than its holder agreed to show.
 */
export class CardError extends Error {
  override readonly name = "CardError";
  readonly code:
    | "CARD_OFFER"
    | "CARD_ISSUER_UNKNOWN"
    | "CARD_NOT_OURS"
    | "CARD_ENDED"
    | "CARD_USED_UP"
    | "CARD_CHANGED";
  constructor(code: CardError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
