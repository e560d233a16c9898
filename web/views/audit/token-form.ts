import { html } from "lit";
import { hrefOf } from "../../route.ts";
import { bearer } from "../../token.ts";
import type { Drawing } from "../../view.ts";

/** Most bytes of a file with a token. */
const MAX_BYTES = 10_000;

/** Asks for the token that the listener requires; it stays in the page's memory. @param why the listener's message. */
export function tokenForm(why: string, { t, go, route }: Drawing) {
  const use = (text: string) => {
    bearer.set(text);
    go(hrefOf(route.view, route.query));
  };
  return html`
    <p class="lead">${t("token.text")}</p>
    <div class="notice late"><p>${why}</p></div>
    <form @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      use(String(new FormData(event.target as HTMLFormElement).get("token")));
    }}>
      <label for="token">${t("token.label")}</label>
      <textarea id="token" name="token" rows="3" required autocomplete="off" spellcheck="false"></textarea>
      <label for="token-file">${t("token.file")}</label>
      <input id="token-file" type="file" @change=${(event: Event) => {
        const [file] = (event.target as HTMLInputElement).files ?? [];
        if (file !== undefined && file.size < MAX_BYTES) void file.text().then(use);
      }}>
      <p><button type="submit">${t("token.use")}</button></p>
    </form>`;
}
