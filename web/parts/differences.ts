import { html, nothing, type TemplateResult } from "lit";
import type { Difference } from "../checks/diff.ts";
import type { Words } from "../words/words.ts";

/** The differences of two documents: the place, the old value, the new value. Signs repeat what the colours show. */
export function differenceList(found: readonly Difference[], { t }: Words): TemplateResult {
  if (found.length === 0) return html`<p class="empty">${t("diff.none")}</p>`;
  return html`<ul class="diff">
    ${found.map(
      ({ pointer, before, after }) =>
        html`<li><code>${pointer}</code>
          ${before === undefined ? nothing : html`<del><span class="unseen">${t("diff.before")}</span>− ${JSON.stringify(before)}</del>`}
          ${after === undefined ? nothing : html`<ins><span class="unseen">${t("diff.after")}</span>+ ${JSON.stringify(after)}</ins>`}
        </li>`,
    )}
  </ul>`;
}
