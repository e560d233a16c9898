import { html } from "lit";
import { typesOf } from "../nodes/types-of.ts";
import { code, table } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import { type Context, type Loaded, ViewError } from "../view.ts";
import { shortType } from "./overview.ts";

/** All credential types of the network. */
export async function loadTypes(context: Context): Promise<Loaded> {
  const [first] = context.nodes;
  if (first === undefined) throw new ViewError("failed.noNode");
  const types = [...(await typesOf(first, context))];
  return {
    title: ({ t }) => t("types.title"),
    draw: ({ t }) =>
      html`<p>${t("types.text")}</p>
        ${table(
          t("types.title"),
          [t("type.name"), t("type.uri"), t("type.id")],
          types.map(([id, uri]) => [
            html`<a href=${hrefOf("type", { id })}>${shortType(uri)}</a>`,
            html`<span class="id">${uri}</span>`,
            code(id),
          ]),
          t("overview.noTypes"),
        )}`,
  };
}
