import { html, nothing, type TemplateResult } from "lit";
import { lookUpAndOpen } from "../actions/refresh.ts";
import { textOf } from "../problem.ts";
import type { Screen, Wallet } from "../wallet.ts";
import { icon } from "./icons.ts";
import { shell } from "./shell.ts";

export function problemScreen(wallet: Wallet, { problem, link }: Extract<Screen, { name: "problem" }>): TemplateResult {
  const { words: t } = wallet;
  const { did } = problem;
  const mayLookUp = problem.code === "REQUEST_UNKNOWN_VERIFIER" && did !== undefined && link !== undefined;
  const home = () => (wallet.opened === undefined ? void wallet.begin(wallet.pending) : wallet.show({ name: "cards" }));
  const content = html`<div class="outcome bad">${icon("warning")}</div>
    <p class="center" role="alert">${textOf(t, problem)}</p>
    ${did === undefined ? nothing : html`<p class="did center">${did}</p>`}
    ${mayLookUp ? html`<p class="callout">${t("problem.lookUpHint", { did })}</p>` : nothing}`;
  const foot = html`
    ${mayLookUp ? html`<button class="second" ?disabled=${wallet.busy} @click=${() => lookUpAndOpen(wallet, did, link)}>${t("problem.lookUp")}</button>` : nothing}
    <button class="main" @click=${home}>${t("app.close")}</button>`;
  return shell(wallet, t("problem.title"), content, { foot });
}
