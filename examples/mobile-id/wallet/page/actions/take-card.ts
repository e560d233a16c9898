import type { Offer } from "../cards/offer.ts";
import { receive } from "../cards/receive.ts";
import type { Problem } from "../problem.ts";
import type { Wallet } from "../wallet.ts";
import { refresh } from "./refresh.ts";

/** Receives a card, stores it, and fetches the public facts about its issuer. */
export async function takeCard(
  wallet: Wallet,
  offer: Offer,
  code: string | undefined,
  onProblem: (problem: Problem) => void,
): Promise<void> {
  await wallet.run(async () => {
    const { vault, store } = wallet.expectOpened();
    const card = await receive(vault, offer, code);
    await store.put(card);
    // Asks the browser for persistent storage, now that there is a card; the browser decides.
    await navigator.storage?.persist?.();
    await wallet.readAgain();
    // The card is stored already, also when the node can't be asked now.
    await refresh(wallet).catch(() => undefined);
    wallet.show({ name: "received", card });
  }, onProblem);
}
