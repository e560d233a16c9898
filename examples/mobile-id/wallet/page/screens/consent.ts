import { html, nothing, type TemplateResult } from "lit";
import type { TextKey } from "../../../shared/words.ts";
import { accept, refuse, verifierOf } from "../actions/answer.ts";
import { unusedOf } from "../cards/card.ts";
import type { Judgement } from "../requests/judge.ts";
import type { Choice } from "../requests/match.ts";
import type { Screen, Wallet } from "../wallet.ts";
import { pathOf } from "./card.ts";
import { stateIn } from "./cards.ts";
import { icon } from "./icons.ts";
import { claimName, claimRow, shell } from "./shell.ts";

type Consent = Extract<Screen, { name: "consent" }>;

/**
 * The request of a verifier: its identity, its accreditation, the claims that it gets and does not get, the purpose and the
 * retention. For a request without an accreditation, declining is the default.
 */
export function consentScreen(wallet: Wallet, { request, choices, judgement }: Consent): TemplateResult {
  const { words: t } = wallet;
  const who = html`
    <section class="who ${judgement.standing}">
      <h2>${t("consent.asks")}</h2>
      <p class="name">${verifierOf({ request, judgement })}</p>
      ${standing(wallet, judgement)}
      ${
        judgement.standing === "unaccredited"
          ? nothing
          : html`<details><summary>${t("consent.path")}</summary>${pathOf(judgement.path)}<p class="small">${t("consent.asOf", { time: t.time(judgement.asOf) })}</p></details>`
      }
    </section>`;
  if (choices === undefined) {
    const what = request.query.credentials.flatMap(
      (one) => (one.claims ?? []) as readonly { path?: readonly unknown[] }[],
    );
    // The path is the verifier's own text: only claims for which this wallet has a name are named.
    const names = new Set(what.map(({ path = [] }) => t.maybe(`claim.${path.join(".")}`, t("consent.otherClaim"))));
    const none = html`${who}<section class="callout warn"><p class="strong">${t("consent.none")}</p><p>${t("consent.noneHint", { what: [...names].join(", ") })}</p></section>`;
    const close = html`<button class="main" @click=${() => wallet.show({ name: "cards" })}>${t("app.close")}</button>`;
    return shell(wallet, t("consent.title"), none, { foot: close });
  }
  const asked = { request, choices, judgement };
  const isTrusted = judgement.standing === "accredited";
  const isReuse = choices.some(({ card }) => unusedOf(card).length === 0);
  const needsWord = !isTrusted || isReuse;
  const content = html`
    ${who} ${choices.map((choice) => choiceOf(wallet, choice))}
    <section><h2>${t("consent.why")}</h2>${why(wallet, judgement)}</section>
    ${
      needsWord
        ? html`<form id="insist" class="insist" @submit=${(event: Event) => {
            event.preventDefault();
            void accept(wallet, asked);
          }}>
            ${isReuse ? html`<p class="callout warn">${t("consent.reuse")}</p>${tick(t("consent.reuseYes"))}` : nothing}
            ${isTrusted ? nothing : tick(t("consent.anyway"))}
          </form>`
        : nothing
    }`;
  const yes = needsWord
    ? html`<button class="second" form="insist" ?disabled=${wallet.busy}>${t("consent.accept")}</button>`
    : html`<button class="main" ?disabled=${wallet.busy} @click=${() => accept(wallet, asked)}>${t("consent.accept")}</button>`;
  const no = html`<button class=${isTrusted ? "second" : "main"} ?disabled=${wallet.busy} @click=${() => refuse(wallet, asked)}>${t("consent.decline")}</button>`;
  return shell(wallet, t("consent.title"), content, {
    foot: html`<div class="pair">${isTrusted ? html`${no}${yes}` : html`${yes}${no}`}</div>`,
  });
}

function standing(wallet: Wallet, { standing, beyond }: Judgement): TemplateResult {
  const { words: t } = wallet;
  if (standing === "accredited") return html`<p class="badge good">${icon("shield")}${t("consent.accredited")}</p>`;
  const claims = beyond.map(({ path }) => claimName(wallet, path)).join(", ");
  const hint = standing === "tooMuch" ? t("consent.tooMuchHint", { claims }) : t("consent.unaccreditedHint");
  return html`<p class="badge bad">${icon("warning")}${t(`consent.${standing}` as TextKey)}</p><p>${hint}</p>`;
}

function choiceOf(wallet: Wallet, { card, disclosed, withheld }: Choice): TemplateResult {
  const { words: t } = wallet;
  const state = stateIn(wallet, card);
  const isDoubtful = !["good", "unknown", "usedUp"].includes(state);
  return html`
    <section class="asked">
      <p class="from">${t("consent.from")} <span class="strong">${card.name[t.language]}</span></p>
      ${isDoubtful ? html`<p class="callout warn">${t("consent.status", { state: t(`state.${state}` as TextKey) })}</p>` : nothing}
      <h2>${t("consent.shown")}</h2>
      ${disclosed.length === 0 ? html`<p>${t("consent.only")}</p>` : html`<dl>${disclosed.map((claim) => claimRow(wallet, claim))}</dl>`}
      <h2 class="quiet">${t("consent.withheld")}</h2>
      <p class="withheld">${withheld.map(({ path }) => claimName(wallet, path)).join(" · ") || t("consent.nothing")}</p>
    </section>`;
}

function why(wallet: Wallet, { purpose, retention }: Judgement): TemplateResult {
  const { words: t } = wallet;
  const display = purpose?.display.find(({ locale }) => locale.startsWith(t.language)) ?? purpose?.display[0];
  const kept =
    retention === undefined
      ? t("retention.unknown")
      : t(`retention.${retention.unit}` as TextKey, { count: retention.count });
  return html`
    ${display === undefined ? html`<p>${t("consent.noPurpose")}</p>` : html`<p class="strong">${display.name}</p><p>${display.description}</p>`}
    <dl><div class="row"><dt>${t("consent.kept")}</dt><dd>${kept}</dd></div></dl>`;
}

function tick(text: string): TemplateResult {
  return html`<label class="tick"><input type="checkbox" required /><span>${text}</span></label>`;
}
