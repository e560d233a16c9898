import { html, nothing, type TemplateResult } from "lit";
import { afterUnlock } from "../actions/after-unlock.ts";
import { type Problem, textOf } from "../problem.ts";
import type { LockRecord, Secret } from "../vault/lock.ts";
import type { Wallet } from "../wallet.ts";
import { icon } from "./icons.ts";
import { shell } from "./shell.ts";
import { languagePicker, pinField } from "./start.ts";

export function unlockScreen(wallet: Wallet, lock: LockRecord): TemplateResult {
  const { words: t, pending } = wallet;
  const failed = async (problem: Problem) => {
    if (problem.code !== "LOCK_WRONG_PIN") return wallet.say(textOf(t, problem));
    const left = await wallet.triesLeft(problem);
    if (left > 0) return wallet.say(`${textOf(t, problem)} ${t("unlock.triesLeft", { count: left })}`);
    return wallet.show({ name: "problem", problem: { ...problem, code: "LOCK_ERASED" } });
  };
  const open = (secret: Secret) =>
    wallet.run(
      async () => {
        await wallet.unlock(secret, false);
        afterUnlock(wallet);
      },
      (problem) => void failed(problem),
    );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const pin = String(new FormData(form).get("pin"));
    form.reset();
    void open({ pin });
  };
  const byPin = lock.kind === "pin";
  const content = html`
    ${languagePicker(wallet)}
    <div class="hero">${icon("lock")}<p class="lead">${t("unlock.lead")}</p></div>
    ${pending === undefined ? nothing : html`<p class="callout">${t("unlock.pending")}</p>`}
    ${byPin ? html`<form id="pin" @submit=${submit} autocomplete="off">${pinField("pin", t("unlock.pin"))}</form>` : nothing}`;
  const foot = byPin
    ? html`<button class="main" form="pin" ?disabled=${wallet.busy}>${t("unlock.open")}</button>`
    : html`<button class="main" ?disabled=${wallet.busy} @click=${() => open("passkey")}>${t("unlock.passkey")}</button>`;
  return shell(wallet, t("unlock.title"), content, { foot });
}
