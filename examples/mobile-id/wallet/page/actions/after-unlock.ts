import type { Wallet } from "../wallet.ts";
import { openLink } from "./open-link.ts";
import { refreshLater } from "./refresh.ts";

/** Goes on with the link that waited, or to the cards. */
export function afterUnlock(wallet: Wallet): void {
  const { pending } = wallet;
  wallet.pending = undefined;
  wallet.show({ name: "cards" });
  refreshLater(wallet);
  // The page's work is over first: it is the one that is busy.
  if (pending !== undefined) queueMicrotask(() => setTimeout(() => void openLink(wallet, pending)));
}
