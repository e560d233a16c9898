import { html } from "lit";
import { namedTypesAt } from "../nodes/type-documents.ts";
import { code, table } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import { type Context, type Loaded, ViewError } from "../view.ts";
import { shortType } from "./overview.ts";

/** All credential types of the network. */
export async function loadTypes(context: Context): Promise<Loaded> {
  const [first] = context.nodes;
  if (first === undefined) throw new ViewError("failed.noNode");
  const types = await namedTypesAt(first, context);
  return {
    title: ({ t }) => t("types.title"),
    draw: ({ t, language }) =>
      html`<p>${t("types.text")}</p>
        ${table(
          t("types.title"),
          [t("type.name"), t("type.uri"), t("type.id")],
          types.map(({ id, uri, names }) => [
            html`<a href=${hrefOf("type", { id })}>${names.get(language) ?? shortType(uri)}</a>`,
            html`<span class="id">${uri}</span>`,
            code(id),
          ]),
          t("overview.noTypes"),
        )}`,
  };
}
