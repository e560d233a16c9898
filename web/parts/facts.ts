import { html, type TemplateResult } from "lit";

/** Deepest level of members that are shown as lists; deeper ones are shown as JSON. */
const MAX_DEPTH = 4;

/** A whole answer as names and values, with numbered lists. All of it is shown as text. */
export function factList(value: unknown, depth = 0): TemplateResult {
  if (typeof value !== "object" || value === null) return html`<span class="id">${String(value)}</span>`;
  if (depth >= MAX_DEPTH) return html`<code class="whole">${JSON.stringify(value)}</code>`;
  if (Array.isArray(value)) {
    return value.length === 0
      ? html`–`
      : html`<ol>${value.map((one) => html`<li>${factList(one, depth + 1)}</li>`)}</ol>`;
  }
  return html`<dl class="facts">${Object.entries(value).map(
    ([name, one]) => html`<dt>${name}</dt><dd>${factList(one, depth + 1)}</dd>`,
  )}</dl>`;
}
