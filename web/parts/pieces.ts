import { html, nothing, type TemplateResult } from "lit";
import { type Check, NOT_PROVEN, PROVEN } from "../checks/check.ts";
import type { Asked } from "../nodes/asking.ts";
import { hrefOf } from "../route.ts";
import type { Words } from "../words/words.ts";

/** A hash, an address or another text without spaces: shortened, with the whole text as its title. */
export function code(text: string, length = 14): TemplateResult {
  if (text.length <= length + 2) return html`<code>${text}</code>`;
  return html`<code title=${text}>${text.slice(0, length - 5)}…${text.slice(-4)}</code>`;
}

/** A DID as a link to its view. */
export function didLink(did: string): TemplateResult {
  return html`<a class="id" href=${hrefOf("did", { id: did })}>${did}</a>`;
}

export type Tone = "good" | "bad" | "late" | "plain";

const MARKS: Readonly<Record<Tone, string>> = { good: "✓", bad: "✕", late: "!", plain: "–" };

/** A word with a mark and a colour, so that no meaning depends on the colour alone. */
export function badge(tone: Tone, text: string): TemplateResult {
  return html`<span class="badge ${tone}"><span aria-hidden="true">${MARKS[tone]}</span> ${text}</span>`;
}

/** A moment, readable by machines too. */
export function moment(seconds: number, words: Words): TemplateResult {
  const isDate = Number.isFinite(seconds) && Math.abs(seconds) <= 253_402_300_799;
  return html`<time datetime=${isDate ? new Date(seconds * 1_000).toISOString() : nothing}>${words.date(seconds)}</time>`;
}

/** A table that scrolls on its own where there is no room for it. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  empty: string,
): TemplateResult {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0">
    <table>
      <caption class="unseen">${caption}</caption>
      <thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table>
  </div>`;
}

/** The checks of a view, with their outcomes. */
export function checks(found: readonly Check[], words: Words): TemplateResult {
  const worst = found.some(({ outcome }) => outcome === "bad")
    ? "bad"
    : found.some(({ outcome }) => outcome === "late")
      ? "late"
      : "good";
  return html`<section class="checks ${worst}" aria-labelledby="checks-title">
    <h2 id="checks-title">${words.t(`checks.title.${worst}`)}</h2>
    <ul>
      ${found.map(
        ({ outcome, name, values }) =>
          html`<li>${badge(outcome, words.t(`outcome.${outcome}`))} <span>${words.t(`check.${name}`, inWords(values, words))}</span></li>`,
      )}
    </ul>
  </section>`;
}

/** Replaces the reason of a missing proof by its text. */
function inWords(values: Check["values"], { of }: Words): Check["values"] {
  return values.proof === undefined ? values : { ...values, why: of("proof", String(values.proof)) };
}

/** A badge that tells whether the contents of a view are proven by the seals of blocks, with the reason if not. */
export function provenBadge(found: readonly Check[], words: Words): TemplateResult {
  const { t } = words;
  const isProven = found.some(({ name }) => PROVEN.has(name));
  const not = found.find(({ name }) => NOT_PROVEN.has(name));
  if (isProven && not?.outcome !== "bad") return badge("good", t("proof.proven"));
  if (not === undefined) return html``;
  return html`${badge(not.outcome, t("proof.not"))} <span class="quiet">${t(`check.${not.name}`, inWords(not.values, words))}</span>`;
}

/** The requests of a view, each as a link and as a command. */
export function askedFor(asked: readonly Asked[], words: Words): TemplateResult {
  return html`<details class="asked">
    <summary>${words.t("asked.title", { count: words.number(asked.length) })}</summary>
    <p>${words.t("asked.text")}</p>
    <ul>
      ${asked.map((one) => {
        const command = curlOf(one);
        return html`<li>
          <a href=${one.url} rel="noreferrer">${new URL(one.url, location.href).href}</a>
          <span class="quiet">${one.status ?? words.t("asked.none")}</span>
          <button type="button" class="small" data-copy=${command} aria-label=${words.t("asked.copy", { url: one.url })}>curl</button>
        </li>`;
      })}
    </ul>
  </details>`;
}

function curlOf({ url, accept }: Asked): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const header = accept === undefined ? "" : `-H ${quoted(`accept: ${accept}`)} `;
  return `curl -sS ${header}${quoted(new URL(url, location.href).href)}`;
}
