import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import { type Card, leavesOf, NO_END, unusedOf } from "../cards/card.ts";
import { type Link, storedFacts } from "../directory/who-asks.ts";
import type { Wallet } from "../wallet.ts";
import { cardFace } from "./cards.ts";
import { askTwice } from "./confirm.ts";
import { claimRow, shell } from "./shell.ts";

export function cardScreen(wallet: Wallet, card: Card): TemplateResult {
  const { words: t } = wallet;
  const remove = () =>
    wallet.run(async () => {
      await wallet.expectOpened().store.remove(card);
      await wallet.readAgain();
      wallet.show({ name: "cards" });
    });
  const content = html`
    ${cardFace(wallet, card, false)}
    <section><h2>${t("card.says")}</h2><dl>${leavesOf(card.claims).map((claim) => claimRow(wallet, claim))}</dl></section>
    <section><h2>${t("card.issuer")}</h2><p class="strong">${card.issuerName[t.language]}</p><p class="did">${card.issuer}</p></section>
    <section><h2>${t("card.path")}</h2>${until(accreditation(wallet, card), html`<p>${t("app.busy")}</p>`)}</section>
    <section><dl>
      <div class="row"><dt>${t("card.expires")}</dt><dd>${card.expires === NO_END ? t("card.noEnd") : t.day(card.expires)}</dd></div>
      <div class="row"><dt>${t("card.copies")}</dt><dd>${unusedOf(card).length}</dd></div>
    </dl><p class="small">${t("card.key")}</p></section>
    ${askTwice({ ask: t("card.remove"), sure: t("card.removeSure"), yes: t("card.removeYes"), no: t("app.cancel"), act: remove })}`;
  return shell(wallet, card.name[t.language], content, { back: () => wallet.show({ name: "cards" }) });
}

async function accreditation(wallet: Wallet, { issuer, type }: Card): Promise<TemplateResult> {
  const { words: t } = wallet;
  const known = await storedFacts(wallet.settings, wallet.expectOpened().directory, issuer);
  const path = await known?.accreditation(type);
  return path === undefined
    ? html`<p class="callout warn">${t("card.noPath")}</p>`
    : html`${pathOf(path)}<p class="small">${t("card.pathHint")}</p>`;
}

/** The offices of an accreditation, from its subject up to the root. */
export function pathOf(path: readonly Link[]): TemplateResult {
  return html`<ol class="path">${path.map(
    ({ did, label }) =>
      html`<li>${label === null ? nothing : html`<span class="strong">${label}</span>`}<span class="did">${did}</span></li>`,
  )}</ol>`;
}
