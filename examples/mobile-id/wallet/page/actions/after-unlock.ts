import type { Wallet } from "../wallet.ts";
import { openLink } from "./open-link.ts";
import { refreshLater } from "./refresh.ts";

/** Continues with the pending link, or shows the cards. */
export function afterUnlock(wallet: Wallet): void {
  const { pending } = wallet;
  wallet.pending = undefined;
  wallet.show({ name: "cards" });
  refreshLater(wallet);
  // Runs after the current action, during which the wallet is busy.
  if (pending !== undefined) queueMicrotask(() => setTimeout(() => void openLink(wallet, pending)));
}
