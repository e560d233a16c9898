/**
 * Why a card could not be received or presented:
 * - `CARD_OFFER`: the offer is invalid;
 * - `CARD_ISSUER_UNKNOWN`: the offer is of a site that the wallet's settings do not name;
 * - `CARD_NOT_OURS`: the card is bound to another key;
 * - `CARD_ENDED`: the issuer gives this phone no more copies;
 * - `CARD_USED_UP`: the last unused copy was used in the meantime;
 * - `CARD_CHANGED`: a copy shows something else than its holder agreed to.
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
