import { html, render, type TemplateResult } from "lit";
import { parseNetworkDescriptor } from "../../../../resolver/index.ts";
import { kindOf } from "./actions/open-link.ts";
import { cardScreen } from "./screens/card.ts";
import { cardsScreen } from "./screens/cards.ts";
import { consentScreen } from "./screens/consent.ts";
import { doneScreen } from "./screens/done.ts";
import { historyScreen, readHistory } from "./screens/history.ts";
import { offerScreen, receivedScreen } from "./screens/offer.ts";
import { problemScreen } from "./screens/problem.ts";
import { scanScreen } from "./screens/scan.ts";
import { settingsScreen } from "./screens/settings.ts";
import { showScreen } from "./screens/show.ts";
import { startScreen } from "./screens/start.ts";
import { unlockScreen } from "./screens/unlock.ts";
import { openDatabase } from "./vault/database.ts";
import { Wallet } from "./wallet.ts";

const root = document.querySelector("#wallet") as HTMLElement;

await navigator.serviceWorker?.register("/service-worker.js", { type: "module", updateViaCache: "all" });
const database = await openDatabase();
const settings = await (await fetch("/settings.json")).json();
const wallet = new Wallet({
  database,
  settings: { ...settings, descriptor: parseNetworkDescriptor(settings.descriptor) },
  language: await Wallet.languageOf(database),
  draw,
});

let drawn: string | undefined;

function draw(): void {
  const { words: t, screen } = wallet;
  document.documentElement.lang = t.language;
  document.title = t("app.name");
  root.dataset.screen = screen.name;
  render(screenOf(), root);
  // A new screen starts at its heading, also for screen readers.
  if (drawn !== screen.name) {
    drawn = screen.name;
    scrollTo(0, 0);
    root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    if (screen.name === "history") void readHistory(wallet).then(draw);
  }
}

function screenOf(): TemplateResult {
  const { screen } = wallet;
  switch (screen.name) {
    case "start":
      return startScreen(wallet, screen.byPin ?? false);
    case "unlock":
      return unlockScreen(wallet, screen.lock);
    case "cards":
      return cardsScreen(wallet);
    case "card":
      return cardScreen(wallet, screen.card);
    case "scan":
      return scanScreen(wallet);
    case "offer":
      return offerScreen(wallet, screen.offer);
    case "received":
      return receivedScreen(wallet, screen.card);
    case "consent":
      return consentScreen(wallet, screen);
    case "done":
      return doneScreen(wallet, screen);
    case "show":
      return showScreen(wallet, screen);
    case "history":
      return historyScreen(wallet);
    case "settings":
      return settingsScreen(wallet);
    case "problem":
      return problemScreen(wallet, screen);
    default:
      return html``;
  }
}

addEventListener("online", draw);
addEventListener("offline", draw);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || wallet.opened === undefined || wallet.busy) return;
  // Another tab may have received or shown cards; if it erased everything, this tab can't read anything any more.
  void wallet.readAgain().then(draw, () => wallet.lock());
});

const link = kindOf(location.href, location.origin) === undefined ? undefined : location.href;
// Removes the link, which names the verifier, from the browser's history.
history.replaceState(null, "", "/");
await wallet.begin(link);
