import { orRemove } from "../vault/or-remove.ts";
import type { Vault } from "../vault/vault.ts";
import { type Card, type Copy, keysOf, unusedOf } from "./card.ts";
import { CardError } from "./card-error.ts";

/** The cards in the vault. */
export class CardStore {
  readonly #vault: Vault;
  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** The newest first. */
  async all(): Promise<readonly Card[]> {
    const cards = await this.#vault.all<Card>("card/");
    return cards.toSorted((a, b) => b.receivedAt - a.receivedAt);
  }

  /** Stores a new card; its keys are removed if it can't be stored. */
  async put(card: Card): Promise<void> {
    await alone(card, () => orRemove(this.#vault, allKeysOf(card), () => this.#write(card)));
  }

  /**
   * Replaces a card by one with new copies, and deletes the keys of the earlier copies. A card that was deleted in the meantime,
   * for example in another tab, stays deleted.
   */
  async replace(card: Card, renewed: Card): Promise<void> {
    await alone(card, async () => {
      const known = await this.#vault.read<Card>(nameOf(card));
      if (known !== undefined) await orRemove(this.#vault, keysOf(renewed.copies), () => this.#write(renewed));
      for (const { key } of (known ?? renewed).copies) await this.#vault.removeKey(key);
    });
  }

  async remove(card: Card): Promise<void> {
    await this.#vault.remove(nameOf(card));
    for (const key of allKeysOf(card)) await this.#vault.removeKey(key);
  }

  /**
   * Takes the oldest unused copy. The card is read again first, because another tab of this wallet may have used copies. The
   * copy is marked as used before it leaves the phone, so that it can't be presented twice after a crash. Earlier used copies
   * are deleted with their keys; the last copy is kept.
   *
   * @param mayReuse whether the holder agreed to present the last copy again, where no unused one is left.
   * @throws CardError `CARD_USED_UP`
   */
  async takeCopy(wanted: Card, mayReuse: boolean): Promise<Copy> {
    return alone(wanted, async () => {
      const card = await this.#vault.read<Card>(nameOf(wanted));
      const copy = card && (unusedOf(card)[0] ?? (mayReuse ? card.copies.at(-1) : undefined));
      if (card === undefined || copy === undefined)
        throw new CardError("CARD_USED_UP", "The card has no unused copy left");
      const gone = card.copies.filter(({ key, used }) => used && key !== copy.key);
      const left = card.copies.filter((one) => !gone.includes(one));
      await this.#write({ ...card, copies: left.map((one) => (one.key === copy.key ? { ...one, used: true } : one)) });
      for (const { key } of gone) await this.#vault.removeKey(key);
      return copy;
    });
  }

  async #write(card: Card): Promise<void> {
    await this.#vault.write(nameOf(card), card);
  }
}

function allKeysOf({ copies, renewal }: Card): readonly string[] {
  return [...keysOf(copies), ...(renewal === null ? [] : [renewal.key])];
}

const nameOf = ({ id }: Card) => `card/${id}`;

/** Runs work on a card while no other tab does. */
function alone<T>(card: Card, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(nameOf(card), work);
}
