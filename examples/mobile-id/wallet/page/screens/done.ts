import { html, nothing, type TemplateResult } from "lit";
import type { Screen, Wallet } from "../wallet.ts";
import { icon } from "./icons.ts";
import { shell } from "./shell.ts";

export function doneScreen(
  wallet: Wallet,
  { verifier, outcome, next }: Extract<Screen, { name: "done" }>,
): TemplateResult {
  const { words: t } = wallet;
  const isShown = outcome === "shown";
  const content = html`<div class="outcome ${isShown ? "good" : "quiet"}">${icon(isShown ? "check" : "close")}</div>
    <p class="center">${isShown ? t("done.hint", { verifier }) : t("done.declinedHint")}</p>`;
  const home = html`<button class=${next ? "second" : "main"} @click=${() => wallet.show({ name: "cards" })}>${t("done.home")}</button>`;
  const on = next
    ? html`<a class="main" href=${next} rel="noreferrer">${t("done.next", { host: new URL(next).host })}</a>`
    : nothing;
  return shell(wallet, isShown ? t("done.title") : t("done.declined"), content, { foot: html`${on}${home}` });
}
