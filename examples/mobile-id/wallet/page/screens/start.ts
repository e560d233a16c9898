import { html, nothing, type TemplateResult } from "lit";
import { LANGUAGES, type TextKey } from "../../../shared/words.ts";
import { afterUnlock } from "../actions/after-unlock.ts";
import { textOf } from "../problem.ts";
import { PIN_FORMAT } from "../vault/lock.ts";
import { mayHavePasskeys } from "../vault/passkey.ts";
import type { Wallet } from "../wallet.ts";
import { icon } from "./icons.ts";
import { shell } from "./shell.ts";

/** The first start: the language, and how the wallet is locked. */
export function startScreen(wallet: Wallet, byPin: boolean): TemplateResult {
  const { words: t } = wallet;
  if (byPin) return pinScreen(wallet);
  const first = (secret: "passkey") =>
    wallet.run(
      async () => {
        await wallet.unlock(secret, true);
        afterUnlock(wallet);
      },
      (problem) => {
        if (problem.code === "LOCK_EXISTS") return wallet.show({ name: "problem", problem });
        wallet.show({ name: "start", byPin: problem.code === "LOCK_NO_PRF" });
        wallet.say(textOf(wallet.words, problem));
      },
    );
  const content = html`
    ${languagePicker(wallet)}
    <div class="hero">
      <span class="seal" aria-hidden="true">馬</span>
      <p class="lead">${t("start.lead")}</p>
    </div>
    <ul class="points">
      ${(["start.point1", "start.point2", "start.point3"] as const).map((key) => html`<li>${icon("check")}<span>${t(key)}</span></li>`)}
    </ul>`;
  const foot = html`
    <h2>${t("start.choose")}</h2>
    ${
      mayHavePasskeys()
        ? html`<button class="main two" ?disabled=${wallet.busy} @click=${() => first("passkey")}>${t("start.passkey")}<small>${t("start.passkeyHint")}</small></button>`
        : nothing
    }
    <button class="second two" ?disabled=${wallet.busy} @click=${() => wallet.show({ name: "start", byPin: true })}>${t("start.pin")}<small>${t("start.pinHint")}</small></button>`;
  return shell(wallet, t("start.title"), content, { foot });
}

function pinScreen(wallet: Wallet): TemplateResult {
  const { words: t } = wallet;
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const [pin, again] = [String(form.get("pin")), String(form.get("again"))];
    if (!PIN_FORMAT.test(pin)) return wallet.say(t("start.pinFormat"));
    if (pin !== again) return wallet.say(t("start.pinDiffers"));
    return wallet.run(async () => {
      await wallet.unlock({ pin }, true);
      afterUnlock(wallet);
    });
  };
  const content = html`<form id="pin" @submit=${save} autocomplete="off">
    ${pinField("pin", t("start.pinLabel"))} ${pinField("again", t("start.pinRepeat"))}
  </form>`;
  const foot = html`<button class="main" form="pin" ?disabled=${wallet.busy}>${t("start.pinSave")}</button>`;
  return shell(wallet, t("start.pinTitle"), content, { foot, back: () => wallet.show({ name: "start" }) });
}

export function pinField(name: string, label: string): TemplateResult {
  return html`<label class="field">${label}
    <input name=${name} type="password" inputmode="numeric" pattern="[0-9]{6}" maxlength="6" autocomplete="off" required /></label>`;
}

export function languagePicker(wallet: Wallet): TemplateResult {
  const { words: t } = wallet;
  return html`<div class="languages" role="group" aria-label=${t("language.label")}>
    ${LANGUAGES.map(
      (language) => html`<button
        lang=${language}
        aria-pressed=${language === t.language}
        @click=${() => wallet.setLanguage(language)}
      >${t(`language.${language}` as TextKey)}</button>`,
    )}
  </div>`;
}
