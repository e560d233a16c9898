import { readOffer } from "../cards/offer.ts";
import { judge } from "../requests/judge.ts";
import { choicesOf } from "../requests/match.ts";
import { readRequest } from "../requests/request.ts";
import type { Wallet } from "../wallet.ts";

type LinkKind = "offer" | "request" | undefined;

/**
 * The kind of a link: an offer of a card, or a request for cards. Both come as QR codes with URI schemes of their own, and as
 * pages of this wallet.
 */
export function kindOf(text: string, own: string): LinkKind {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname } = new URL(text);
  if (protocol === "openid-credential-offer:" || (origin === own && pathname === "/offer")) return "offer";
  if (protocol === "openid4vp:" || (origin === own && pathname === "/authorize")) return "request";
  return undefined;
}

/** Opens a link that was scanned, pasted or followed. */
export async function openLink(wallet: Wallet, text: string): Promise<void> {
  const kind = kindOf(text, location.origin);
  await wallet.run(
    async () => {
      if (kind === "offer") {
        const offer = await readOffer(wallet.expectOpened().vault, text, wallet.settings.issuerSites);
        wallet.show({ name: "offer", offer });
      } else if (kind === "request") await openRequest(wallet, text);
      else wallet.show({ name: "problem", problem: { code: "SCAN_UNKNOWN", message: "" } });
    },
    (problem) => wallet.show({ name: "problem", problem, link: text }),
  );
}

async function openRequest(wallet: Wallet, text: string): Promise<void> {
  // Another tab of this wallet may have shown copies, or received cards.
  await wallet.readAgain();
  const { directory, cards } = wallet.expectOpened();
  const request = await readRequest(text, wallet.settings, directory);
  const now = Date.now() / 1_000;
  const usable = cards.filter(({ expires }) => expires > now);
  const choices = await choicesOf(request.query, usable);
  wallet.show({ name: "consent", request, choices, judgement: await judge(request, choices ?? [], directory) });
}
