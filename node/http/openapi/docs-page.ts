import { createHash } from "node:crypto";
import { escaped } from "../markup.ts";
import { OPENAPI } from "./openapi.ts";
import type { Operation } from "./operation.ts";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}" +
  "table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}" +
  "pre{overflow:auto;background:#8881;padding:1rem}:root{color-scheme:light dark}";

/** The page's content security policy: it allows the page's own style, by its hash, and nothing else. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'`;

/** The description of the routes as a page without scripts. */
export function docsPage(): string {
  const { info, paths, components } = OPENAPI;
  const operations = Object.entries(paths).flatMap(([path, { get, post }]) => [
    operation("GET", path, get),
    ...(post === undefined ? [] : [operation("POST", path, post)]),
  ]);
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<h3 id="${escaped(name)}">${escaped(name)}</h3><pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}</title><style>${STYLE}</style></head><body><h1>${escaped(info.title)}</h1>
<p>${escaped(info.description)} The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>
${operations.join("\n")}<h2>Schemas</h2>${schemas.join("\n")}</body></html>
`;
}

function operation(
  method: string,
  path: string,
  { summary, description = "", parameters = [], responses }: Operation,
): string {
  const rows = parameters.map((one) => {
    const [, option = ""] = /\/Options\/properties\/(\w+)$/.exec(one.schema.$ref ?? "") ?? [];
    const options: Readonly<Record<string, { description?: string }>> = OPENAPI.components.schemas.Options.properties;
    return row(one.name, one.in, one.description ?? options[option]?.description ?? "");
  });
  const answers = Object.entries(responses).map(([status, one]) =>
    row(status, one.description, Object.keys(one.content ?? {}).join(", ")),
  );
  const asked = rows.length > 0 ? `<h3>Parameters</h3><table>${rows.join("")}</table>` : "";
  return `<h2>${method} <code>${escaped(path)}</code></h2><p>${escaped(summary)}. ${escaped(description)}</p>${asked}
<h3>Answers</h3><table>${answers.join("")}</table>`;
}

function row(...cells: string[]): string {
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
}
