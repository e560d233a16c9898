import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { askedFor } from "./parts/pieces.ts";
import { hrefOf, type ViewName } from "./route.ts";
import type { State } from "./store.ts";
import { type Drawing, reasonOf } from "./view.ts";
import type { Key } from "./words/words.ts";

/** The actions of the page's frame. */
export interface Actions {
  readonly search: (text: string) => void;
  readonly setLanguage: () => void;
  readonly setTheme: () => void;
  readonly reload: () => void;
}

const PUBLIC: readonly [ViewName, Key][] = [
  ["overview", "nav.overview"],
  ["types", "nav.types"],
  ["verify", "nav.verify"],
  ["onboarding", "nav.onboarding"],
  ["watch", "nav.watch"],
  ["trust", "nav.trust"],
];
const AUDIT: readonly [ViewName, Key][] = [
  ["changes", "nav.changes"],
  ["questions", "nav.questions"],
];

/** The frame of the page, and the view in it. */
export function drawShell(state: State, drawing: Drawing, actions: Actions): TemplateResult {
  const { t, part, route } = drawing;
  const { trusted, shown } = state;
  const name = (trusted?.descriptor as { name?: unknown } | undefined)?.name;
  const onSearch = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.namedItem("q") as HTMLInputElement;
    actions.search(field.value);
  };
  return html`
    <a class="skip" href="#main">${t("skip")}</a>
    <header>
      <div class="bar">
        <a class="brand" href=${hrefOf(part === "audit" ? "changes" : "overview")}><span lang="ko">마패</span> Mapae</a>
        ${typeof name === "string" ? html`<span class="network">${t("network", { name: name.slice(0, 40) })}</span>` : nothing}
        ${
          part === "audit"
            ? html`<span class="network">${t("audit.part")}</span>`
            : html`<form role="search" @submit=${onSearch}>
                <label class="unseen" for="q">${t("search.label")}</label>
                <input id="q" name="q" type="search" placeholder=${t("search.placeholder")} autocomplete="off" spellcheck="false">
                <button type="submit">${t("search.button")}</button>
              </form>`
        }
        <button type="button" class="quiet" id="language" lang=${t("language.code")} @click=${actions.setLanguage}>${t("language.other")}</button>
        <button type="button" class="quiet" id="theme" @click=${actions.setTheme}>${t(`theme.${state.theme}`)}</button>
      </div>
      <nav aria-label=${t("nav.label")}>
        <ul>
          ${(part === "audit" ? AUDIT : PUBLIC).map(
            ([view, key]) =>
              html`<li><a href=${hrefOf(view)} aria-current=${isIn(route.view, view) ? "page" : nothing}>${t(key)}</a></li>`,
          )}
        </ul>
      </nav>
    </header>
    <main id="main" tabindex="-1" aria-busy=${shown.kind === "loading"}>
      ${keyed(shown, content(state, drawing, actions))}
    </main>
    <footer>
      <p>
        ${
          part === "audit"
            ? t("footer.audit")
            : trusted === undefined
              ? t("footer.none")
              : html`${t(trusted.from === "reader" ? "footer.reader" : "footer.node")} <a href=${hrefOf("trust")}>${t("footer.more")}</a>`
        }
      </p>
    </footer>`;
}

function isIn(view: ViewName, tab: ViewName): boolean {
  return view === tab || (tab === "types" && view === "type");
}

function content({ shown }: State, drawing: Drawing, { reload }: Actions): TemplateResult {
  const { t } = drawing;
  switch (shown.kind) {
    case "loading":
      return html`<p class="loading" role="status">${t("loading")}</p>`;
    case "failed":
      return html`<h1 tabindex="-1">${t("failed.title")}</h1>
        <div class="notice bad" role="alert">
          <p>${reasonOf(shown.error, drawing)}</p>
          <p><button type="button" @click=${reload}>${t("failed.again")}</button></p>
        </div>
        ${askedFor(shown.asked, drawing)}`;
    case "ready":
      return html`<div class="title">
          <h1 tabindex="-1">${shown.view.title(drawing)}</h1>
          <button type="button" class="quiet" @click=${reload}>${t("reload")}</button>
        </div>
        ${shown.view.draw(drawing)} ${askedFor([...shown.asked, ...(shown.view.asked?.() ?? [])], drawing)}`;
  }
}
