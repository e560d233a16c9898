import { type Offer, receive } from "../cards/receive.ts";
import type { Problem } from "../problem.ts";
import type { Wallet } from "../wallet.ts";
import { refresh } from "./refresh.ts";

/** Receives a card, keeps it, and fetches what is known of its issuer. */
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
    // A wallet with a card is worth keeping; a browser decides by itself.
    await navigator.storage?.persist?.();
    await wallet.readAgain();
    // The card is here, whether the node can be asked now or not.
    await refresh(wallet).catch(() => undefined);
    wallet.show({ name: "received", card });
  }, onProblem);
}
