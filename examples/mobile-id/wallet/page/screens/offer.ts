import { html, nothing, type TemplateResult } from "lit";
import { takeCard } from "../actions/take-card.ts";
import type { Card } from "../cards/card.ts";
import type { Offer } from "../cards/offer.ts";
import { textOf } from "../problem.ts";
import type { Wallet } from "../wallet.ts";
import { cardFace } from "./cards.ts";
import { icon } from "./icons.ts";
import { shell } from "./shell.ts";

export function offerScreen(wallet: Wallet, offer: Offer): TemplateResult {
  const { words: t } = wallet;
  const { codeLength: count } = offer;
  const take = (event: SubmitEvent) => {
    event.preventDefault();
    const code = new FormData(event.target as HTMLFormElement).get("code");
    void takeCard(wallet, offer, code === null ? undefined : String(code), (problem) => wallet.say(textOf(t, problem)));
  };
  const content = html`
    <section><dl>
      <div class="row"><dt>${t("offer.card")}</dt><dd>${offer.name[t.language]}</dd></div>
      <div class="row"><dt>${t("offer.from")}</dt><dd>${offer.issuerName[t.language]}<br /><span class="did">${new URL(offer.issuerUrl).host}</span></dd></div>
    </dl></section>
    <form id="offer" @submit=${take} autocomplete="off">${
      count === undefined
        ? nothing
        : html`<label class="field">${t("offer.code")}<input class="code" name="code" inputmode="numeric" pattern="[0-9]{${count}}" maxlength=${count} autocomplete="one-time-code" required aria-describedby="hint" /></label>
            <p id="hint" class="small">${t("offer.codeHint", { count })}</p>`
    }</form>`;
  const foot = html`<button class="main" form="offer" ?disabled=${wallet.busy}>${t("offer.accept")}</button>`;
  return shell(wallet, t("offer.title"), content, { foot, back: () => wallet.show({ name: "cards" }) });
}

export function receivedScreen(wallet: Wallet, card: Card): TemplateResult {
  const { words: t } = wallet;
  const content = html`<div class="outcome good">${icon("check")}</div>${cardFace(wallet, card, false)}<p class="center">${t("offer.doneHint", { count: card.copies.length })}</p>`;
  const foot = html`<button class="main" @click=${() => wallet.show({ name: "cards" })}>${t("offer.toCards")}</button>`;
  return shell(wallet, t("offer.done"), content, { foot });
}
