import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import type { Wallet } from "../wallet.ts";
import { askTwice } from "./confirm.ts";
import { shell } from "./shell.ts";
import { languagePicker } from "./start.ts";

export function settingsScreen(wallet: Wallet): TemplateResult {
  const { words: t, settings } = wallet;
  const { directory } = wallet.expectOpened();
  const known = settings.verifiers.length + settings.issuers.length;
  const content = html`
    <section><h2>${t("language.label")}</h2>${languagePicker(wallet)}</section>
    <section><h2>${t("settings.install")}</h2>${until(storage(wallet), html`<p>${t("app.busy")}</p>`)}<p class="small">${t("settings.limits")}</p></section>
    <section><h2>${t("settings.network")}</h2>
      <p>${directory.at === 0 ? t("settings.noFacts") : t("settings.facts", { time: t.time(directory.at) })}</p>
      <p>${t("settings.directory", { count: known })}</p>
      <p class="did">${settings.descriptor.name}</p>
    </section>
    <button class="second" @click=${() => wallet.lock()}>${t("settings.lock")}</button>
    ${askTwice({
      ask: t("settings.eraseAll"),
      sure: t("settings.eraseAllSure"),
      yes: t("settings.eraseAllYes"),
      no: t("app.cancel"),
      act: () => void wallet.erase(),
    })}`;
  return shell(wallet, t("settings.title"), content, { menu: true });
}

async function storage(wallet: Wallet): Promise<TemplateResult> {
  const { words: t } = wallet;
  const isPersisted = (await navigator.storage?.persisted?.()) ?? false;
  const isInstalled = navigator.serviceWorker?.controller != null;
  const persist = async () => {
    await navigator.storage?.persist?.();
    wallet.show({ name: "settings" });
  };
  return html`<ul class="plain-list">
      <li>${isInstalled ? t("settings.installed") : t("settings.notInstalled")}</li>
      <li>${isPersisted ? t("settings.persisted") : t("settings.notPersisted")}</li>
    </ul>
    ${isPersisted ? nothing : html`<button class="text" @click=${persist}>${t("settings.persist")}</button>`}`;
}
