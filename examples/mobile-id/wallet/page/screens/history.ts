import { html, nothing, type TemplateResult } from "lit";
import type { TextKey } from "../../../shared/words.ts";
import { eraseHistory, exported, historyOf, type Use } from "../requests/history.ts";
import type { Wallet } from "../wallet.ts";
import { askTwice } from "./confirm.ts";
import { icon } from "./icons.ts";
import { claimName, shell } from "./shell.ts";

export function historyScreen(wallet: Wallet): TemplateResult {
  const { words: t } = wallet;
  const { history } = wallet.expectOpened();
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(exported(history));
    link.download = `history-${new Date().toISOString().slice(0, 10)}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const erase = () =>
    wallet.run(async () => {
      await eraseHistory(wallet.expectOpened().vault);
      await readHistory(wallet);
    });
  const content = html`
    <p class="lead small">${t("history.lead")}</p>
    ${
      history.length === 0
        ? html`<p class="empty">${t("history.none")}</p>`
        : html`<ul class="uses">${history.map((use) => row(wallet, use))}</ul>
      <button class="second" @click=${save}>${t("history.export")}</button>
      ${askTwice({ ask: t("history.erase"), sure: t("history.eraseSure"), yes: t("history.eraseYes"), no: t("app.cancel"), act: erase })}`
    }`;
  return shell(wallet, t("history.title"), content, { menu: true });
}

/** Reads the history from the vault, before its screen is drawn. */
export async function readHistory(wallet: Wallet): Promise<void> {
  const opened = wallet.expectOpened();
  opened.history = await historyOf(opened.vault);
}

function row(wallet: Wallet, { at, verifier, purpose, card, claims, outcome }: Use): TemplateResult {
  const { words: t } = wallet;
  return html`<li>
    <span class="mark ${outcome}">${icon(outcome === "shown" ? "check" : "close")}</span>
    <div>
      <p class="strong">${verifier}</p>
      ${purpose === null ? nothing : html`<p>${purpose[t.language]}</p>`}
      <p class="small">${t(`history.${outcome}` as TextKey)} · ${card[t.language]}${claims.length > 0 ? html` · ${claims.map((path) => claimName(wallet, path)).join(", ")}` : nothing}</p>
      <p class="small"><time datetime=${new Date(at * 1_000).toISOString()}>${t.time(at)}</time></p>
    </div>
  </li>`;
}
