import type { Vault } from "../vault/vault.ts";
import type { Card, Copy } from "./card.ts";

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

  async put(card: Card): Promise<void> {
    await this.#vault.write(`card/${card.id}`, card);
  }

  async remove(card: Card): Promise<void> {
    await this.#vault.remove(`card/${card.id}`);
    for (const { key } of card.copies) await this.#vault.removeKey(key);
    if (card.renewal !== null) await this.#vault.removeKey(card.renewal.key);
  }

  /**
   * The copy is shown now: written down before it leaves the phone, so that no crash lets it be shown twice. Copies that were
   * used before are erased with their keys; the last one is kept, to be shown again where its holder says so.
   */
  async markUsed(card: Card, copy: Copy): Promise<Card> {
    const gone = card.copies.filter(({ key, used }) => used && key !== copy.key);
    const left = card.copies.filter((one) => !gone.includes(one));
    const copies = left.map((one) => (one.key === copy.key ? { ...one, used: true } : one));
    const marked = { ...card, copies };
    await this.put(marked);
    for (const { key } of gone) await this.#vault.removeKey(key);
    return marked;
  }
}
