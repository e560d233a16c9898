import { html } from "lit";
import { type Hit, hitsOf } from "../nodes/search-hits.ts";
import { hrefOf } from "../route.ts";
import { directHref, soughtIn } from "../search.ts";
import type { Context, Loaded } from "../view.ts";

/** The meanings of a search text: subjects with such a name, id or transaction at a node. */
export async function loadSearch(context: Context): Promise<Loaded> {
  const text = context.route.query.q ?? "";
  const sought = soughtIn(text);
  const network = (context.trusted?.descriptor as { name?: string } | undefined)?.name;
  const direct = directHref(sought, network);
  const hits: readonly Hit[] =
    direct === undefined ? await hitsOf(sought, context) : [{ kind: sought.kind, label: text, href: direct }];
  return {
    title: ({ t }) => t("search.title"),
    draw: ({ t, of }) => html`
      <p>${t("search.for")} <strong class="id">${text}</strong></p>
      ${
        hits.length === 0
          ? html`<div class="notice plain"><p>${t("search.nothing")}</p><p>${t("search.hint")}</p></div>`
          : html`<ul class="links">${hits.map(
              ({ kind, label, href }) =>
                html`<li><a href=${href}>${label}</a> <span class="quiet">${of("kind", kind)}</span></li>`,
            )}</ul>`
      }
      <p><a href=${hrefOf("overview")}>${t("nav.overview")}</a></p>`,
  };
}
