import { renewAll } from "../cards/renew.ts";
import { lookUp, refreshDirectory } from "../directory/directory.ts";
import type { Wallet } from "../wallet.ts";
import { openLink } from "./open-link.ts";

/** Seconds after which public facts are fetched again automatically. */
const REFRESH_AFTER = 43_200;

/** Longest random delay of it, in milliseconds, so that a node can't see when the wallet is opened. */
const MAX_PUT_OFF = 600_000;

/**
 * Fetches public facts, and new copies of cards that have few or that end soon. Started by the holder or automatically, never
 * while a request is open.
 *
 * @throws the first failure of a renewal, after every card was tried.
 */
export async function refresh(wallet: Wallet): Promise<void> {
  const opened = wallet.expectOpened();
  opened.directory = await refreshDirectory(opened.vault, wallet.settings, wallet.fetch);
  const failures = await renewAll(opened.vault, opened.store, Date.now() / 1_000);
  await wallet.readAgain();
  if (failures.length > 0) throw failures[0];
}

/** Refreshes some minutes from now, if the facts are old then and the wallet is idle. */
export function refreshLater(wallet: Wallet): void {
  setTimeout(() => {
    const { opened, screen } = wallet;
    if (opened === undefined) return;
    const isIdle = ["cards", "card", "history", "settings"].includes(screen.name) && !wallet.busy;
    const isOld = Date.now() / 1_000 - opened.directory.at > REFRESH_AFTER;
    // Without a network the stored facts stay in use; the screen of the cards shows their age.
    if (isIdle && isOld && navigator.onLine) void refresh(wallet).catch(() => undefined);
    refreshLater(wallet);
  }, Math.random() * MAX_PUT_OFF);
}

/** Looks up a verifier that is not in the directory, on request of the holder, and opens its request again. */
export async function lookUpAndOpen(wallet: Wallet, did: string, link: string): Promise<void> {
  let isFound = false;
  await wallet.run(async () => {
    const opened = wallet.expectOpened();
    opened.directory = await lookUp(opened.vault, wallet.settings, did, wallet.fetch);
    isFound = true;
  });
  if (isFound) await openLink(wallet, link);
}
