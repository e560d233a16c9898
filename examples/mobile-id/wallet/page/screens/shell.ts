import { html, nothing, type TemplateResult } from "lit";
import type { TextKey } from "../../../shared/words.ts";
import type { Card } from "../cards/card.ts";
import type { Screen, Wallet } from "../wallet.ts";
import { icon } from "./icons.ts";

type Content = TemplateResult | typeof nothing;

/** A screen: a heading that gets the focus, the content, actions at the bottom, and the main menu on the home screens. */
export function shell(
  wallet: Wallet,
  title: string,
  content: Content,
  { foot = nothing, back, menu = false }: { foot?: Content; back?: () => void; menu?: boolean } = {},
): TemplateResult {
  const { words: t, busy, notice } = wallet;
  return html`
    <header class="bar">
      ${back ? html`<button class="plain" @click=${back} aria-label=${t("app.back")}>${icon("back")}</button>` : nothing}
      <h1 tabindex="-1">${title}</h1>
    </header>
    <main aria-busy=${busy}>${content}</main>
    <p class="notice" role="status">${busy ? t("app.busy") : notice}</p>
    ${foot === nothing ? nothing : html`<footer class="foot">${foot}</footer>`}
    ${menu ? menuOf(wallet) : nothing}
  `;
}

const MENU = ["cards", "scan", "history", "settings"] as const;

function menuOf(wallet: Wallet): TemplateResult {
  const { words: t, screen } = wallet;
  return html`<nav class="menu" aria-label=${t("app.navigation")}>
    ${MENU.map(
      (name) => html`<button
        @click=${() => wallet.show({ name })}
        aria-current=${screen.name === name ? "page" : nothing}
      >${icon(name)}<span>${t(`nav.${name}` as TextKey)}</span></button>`,
    )}
  </nav>`;
}

/** Whether the screen is one of the main menu, and not part of a request. */
export function isHome({ name }: Screen): boolean {
  return (MENU as readonly string[]).includes(name);
}

/** One claim's name and value as text. */
export function claimRow(
  wallet: Wallet,
  { path, value }: { path: readonly string[]; value?: unknown },
): TemplateResult {
  const { words: t } = wallet;
  return html`<div class="row"><dt>${claimName(wallet, path)}</dt>${value === undefined ? nothing : html`<dd>${shown(value, t)}</dd>`}</div>`;
}

export function claimName({ words: t }: Wallet, path: readonly string[]): string {
  return t.maybe(`claim.${path.join(".")}`, path.join(" › "));
}

function shown(value: unknown, t: Wallet["words"]): string {
  if (typeof value === "boolean") return t(value ? "claim.yes" : "claim.no");
  if (Array.isArray(value)) return value.map((one) => shown(one, t)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The look of a card's type: the last word of its URI's path before the version. */
export function lookOf({ type }: Pick<Card, "type">): string {
  const known = ["official-id", "welfare-card", "drivers-licence"].find((name) => type.includes(`/${name}/`));
  return known ?? "other";
}
