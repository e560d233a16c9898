import { html, nothing, type TemplateResult } from "lit";
import type { TextKey } from "../../../shared/words.ts";
import { refresh } from "../actions/refresh.ts";
import { type Card, stateOf, unusedOf } from "../cards/card.ts";
import { FEW_COPIES } from "../cards/renew.ts";
import type { Wallet } from "../wallet.ts";
import { lookOf, shell } from "./shell.ts";

export function cardsScreen(wallet: Wallet): TemplateResult {
  const { words: t } = wallet;
  const { cards } = wallet.expectOpened();
  const content =
    cards.length === 0
      ? html`<div class="empty"><p class="strong">${t("cards.none")}</p><p>${t("cards.noneHint")}</p></div>`
      : html`
          ${navigator.onLine ? nothing : html`<p class="callout">${t("cards.offline")}</p>`}
          <ul class="stack">${cards.map((card) => html`<li>${cardFace(wallet, card, true)}</li>`)}</ul>
          <button class="text" ?disabled=${wallet.busy} @click=${() => refreshNow(wallet)}>${t("cards.refresh")}</button>`;
  const foot = html`<button class="main" @click=${() => wallet.show({ name: "scan" })}>${t("cards.scan")}</button>`;
  return shell(wallet, t("cards.title"), content, { foot, menu: true });
}

async function refreshNow(wallet: Wallet): Promise<void> {
  let isDone = false;
  await wallet.run(async () => {
    await refresh(wallet);
    isDone = true;
  });
  if (isDone) wallet.say(wallet.words("cards.refreshed"));
}

/** The face of a card; in the stack it is a button that opens the card. */
export function cardFace(wallet: Wallet, card: Card, isButton: boolean): TemplateResult {
  const { words: t } = wallet;
  const state = stateIn(wallet, card);
  const unused = unusedOf(card).length;
  const standing = wallet.expectOpened().standings.get(card.id);
  const face = html`
    <span class="top"><span class="type">${card.name[t.language]}</span><span class="state ${state}">${t(`state.${state}` as TextKey)}</span></span>
    <span class="holder">${typeof card.claims.name === "string" ? card.claims.name : card.name[t.language]}</span>
    <span class="issuer">${card.issuerName[t.language]}</span>
    <span class="facts"><span>${t("cards.copies", { count: unused })}</span><span>${
      standing?.statusAsOf === undefined
        ? t("cards.neverChecked")
        : t("cards.checked", { time: t.time(standing.statusAsOf) })
    }</span></span>
    ${unused < FEW_COPIES && state !== "expired" ? html`<span class="few">${t("cards.few")}</span>` : nothing}`;
  const look = `card ${lookOf(card)}`;
  return isButton
    ? html`<button class=${look} @click=${() => wallet.show({ name: "card", card })}>${face}</button>`
    : html`<div class=${look}>${face}</div>`;
}

/** A card's state: first by its own dates and copies, then by a verifier's verdict. */
export function stateIn(wallet: Wallet, card: Card): string {
  const own = stateOf(card, Date.now() / 1_000);
  if (own === "expired") return own;
  const standing = wallet.expectOpened().standings.get(card.id);
  if (standing?.verdict === "invalid") {
    return standing.reason === "revoked" || standing.reason === "suspended" ? standing.reason : "invalid";
  }
  if (own === "usedUp") return own;
  return standing?.verdict === "valid" ? "good" : "unknown";
}
